import Glibc

/// Refuses places that other users can change: what stands in a server's folder decides what its user runs.
public struct OwnPlace: Sendable {
    /// What the system says of a file, folder or link.
    struct Facts: Sendable, Hashable {
        var owner: UInt32
        var mode: UInt32
        var isFolder: Bool { mode & S_IFMT == S_IFDIR }
        var isLink: Bool { mode & S_IFMT == S_IFLNK }
    }

    /// Where it is.
    public let path: String

    /// Names a place; nothing has to be there.
    public init(_ path: String) { self.path = path }

    /// Why it is refused, with the fix; nil when only this process's user (and root) can change it, or nothing is there.
    /// A link counts as what it leads to, once it is itself this user's or root's.
    public func problem() -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let facts = Facts(owner: status.st_uid, mode: status.st_mode)
        if let problem = problem(facts, user: geteuid()) { return problem }
        guard facts.isLink, stat(path, &status) == 0 else { return nil }
        return problem(Facts(owner: status.st_uid, mode: status.st_mode), user: geteuid())
    }

    func problem(_ facts: Facts, user: UInt32) -> String? {
        if facts.owner != user, facts.owner != 0 {
            return
                "'\(path)' belongs to another user (\(facts.owner)), who could choose what is run here: run this as that "
                + "user, or give it to this one with: chown -R \(user) '\(path)'"
        }
        // The mode of a link says nothing.
        guard !facts.isLink, facts.mode & 0o022 != 0 else { return nil }
        return
            "'\(path)' may be written by others (mode 0\(String(facts.mode & 0o7777, radix: 8))), who could choose what "
            + "is run here: take that away with: chmod \(facts.isFolder ? "700" : "600") '\(path)'"
    }
}
