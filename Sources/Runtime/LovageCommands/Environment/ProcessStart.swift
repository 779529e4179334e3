import Glibc

/// What this process was started with and changes for itself, so that commands get it as it was: the mask of new files,
/// the soft limit of descriptors, the signals that are ignored.
///
/// Not the signals that are blocked: a command begins with none. Nobody starts a service with blocked signals on purpose; a
/// program that starts us from a thread of libdispatch's hands on that thread's mask, with TERM in it, and a script that
/// never sees TERM cannot be asked to stop. Besides, the mask that the kernel tells is the main thread's at that moment.
public struct ProcessStart: Sendable, Equatable {
    /// Bits that new files do not get.
    public var mask: UInt32
    /// The soft limit of descriptors; `UInt64.max` for none.
    public var descriptors: UInt64
    /// A bit for each signal that is ignored; the lowest is signal 1. SIGPIPE never is: systemd starts services with it
    /// ignored, and no pipeline of a script is written for that. Nor is SIGCHLD: who ignores it is not told of the ends of
    /// its children.
    public var ignored: UInt64

    /// The values as they are told.
    public init(mask: UInt32, descriptors: UInt64, ignored: UInt64) {
        self.mask = mask
        self.descriptors = descriptors
        self.ignored = ignored & ~(Self.bit(SIGPIPE) | Self.bit(SIGCHLD))
    }

    /// As this process is now; to be asked before it changes anything.
    public static func now() -> ProcessStart {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let status = SmallFile.read("/proc/self/status") ?? []
        return ProcessStart(status: String(decoding: status, as: UTF8.self), descriptors: UInt64(limit.rlim_cur))
    }

    /// Reads what proc(5) says of a process; what it does not say is as a shell has it: 022, nothing ignored.
    init(status: String, descriptors: UInt64) {
        var (mask, ignored): (UInt32, UInt64) = (0o022, 0)
        for line in status.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " })
            guard words.count == 2 else { continue }
            switch words[0] {
            case "Umask": mask = UInt32(words[1], radix: 8) ?? mask
            case "SigIgn": ignored = UInt64(words[1], radix: 16) ?? ignored
            default: continue
            }
        }
        self.init(mask: mask, descriptors: descriptors, ignored: ignored)
    }

    /// The signals of a set of bits.
    static func signals(_ bits: UInt64) -> [CInt] { (1...64).filter { bits & bit($0) != 0 } }

    private static func bit(_ signal: CInt) -> UInt64 { 1 << UInt64(signal - 1) }

    /// Makes the mask and the limit of the calling process those; what it starts from then on has them.
    func take() {
        umask(mode_t(mask))
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(rlim_t(descriptors), limit.rlim_max)
        setrlimit(resource, &limit)
    }

    /// Has the signals that were ignored ignored by the calling process, so that they are across `exec`.
    func ignoreSignals() { for number in Self.signals(ignored) { signal(number, SIG_IGN) } }
}
