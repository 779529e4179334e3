import Glibc

/// The limit of descriptors of this process.
public enum DescriptorLimit {
    /// What holds now.
    static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the soft limit to the hard one, and answers what holds now. Commands get the old one back (`ProcessStart`).
    public static func raise() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return current }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            // What cannot be raised is what it was, and the slots are held to that.
            _ = setrlimit(resource, &raised)
        }
        return current
    }
}
