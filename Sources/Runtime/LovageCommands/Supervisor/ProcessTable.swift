import Glibc

/// One look at the machine's processes, from /proc. A process is meant by its id *and* its start time: an id alone
/// may have been given to another process meanwhile.
struct ProcessTable {
    struct Entry: Equatable {
        var id: pid_t
        var parent: pid_t
        var group: pid_t
        var session: pid_t
        /// Clock ticks since boot.
        var started: UInt64
        /// True for a process that has ended and waits for its parent to notice.
        var isZombie: Bool
    }

    private(set) var entries: [pid_t: Entry] = [:]

    /// Reads /proc. Processes that end while it is read are left out.
    init() {
        guard let folder = opendir("/proc") else { return }
        defer { closedir(folder) }
        while let item = readdir(folder) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let id = pid_t(name), let entry = Self.entry(of: id) else { continue }
            entries[id] = entry
        }
    }

    /// One process; nil if there is none with this id.
    static func entry(of id: pid_t) -> Entry? {
        guard let stat = SmallFile.read("/proc/\(id)/stat"), let nameEnd = stat.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        // proc(5): after "pid (name)" follow state, ppid, pgrp, session and, as field 22 of all, the start time.
        // The name may hold spaces and brackets, so the fields are counted from the last bracket.
        let fields = stat[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 19, let parent = pid_t(fields[1]), let group = pid_t(fields[2]),
            let session = pid_t(fields[3]), let started = UInt64(fields[19])
        else { return nil }
        return Entry(
            id: id, parent: parent, group: group, session: session, started: started,
            isZombie: fields[0] == "Z" || fields[0] == "X")
    }

    /// Every living process whose chain of parents leads to `root`, without `root` itself.
    func descendants(of root: pid_t) -> [Entry] {
        let children = Dictionary(grouping: entries.values, by: \.parent)
        var found: [Entry] = []
        var open = [root]
        var seen: Set<pid_t> = [root]
        while let parent = open.popLast() {
            for child in children[parent] ?? [] where seen.insert(child.id).inserted {
                open.append(child.id)
                if !child.isZombie { found.append(child) }
            }
        }
        return found
    }

    /// Every living process of one session.
    func members(ofSession session: pid_t) -> [Entry] {
        entries.values.filter { $0.session == session && !$0.isZombie }
    }
}

/// Reads files of a few kilobytes whole: /proc, lock files, results.
enum SmallFile {
    /// The first `limit` bytes; nil if the file cannot be read (it is gone, or not ours).
    static func read(_ path: String, limit: Int = 64 * 1024) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor, limit: limit)
    }

    /// The same from an open file, from where it stands.
    static func read(_ descriptor: CInt, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 16 * 1024))
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return bytes
    }
}
