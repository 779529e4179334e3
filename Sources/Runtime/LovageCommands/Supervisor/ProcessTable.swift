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

        var mark: Mark { Mark(id: id, started: started) }
    }

    /// Tells a process from all others, also from one that gets its id later.
    struct Mark: Hashable {
        let id: pid_t
        let started: UInt64
    }

    private(set) var entries: [pid_t: Entry] = [:]

    /// Reads /proc. Processes that end while it is read are left out.
    init() {
        Self.visit { entries[$0.id] = $0 }
    }

    /// Calls `body` with each process as it is read, in the order of their ids.
    private static func visit(_ body: (Entry) -> Void) {
        guard let folder = opendir("/proc") else { return }
        defer { closedir(folder) }
        while let item = readdir(folder) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let id = pid_t(name), let entry = entry(of: id) else { continue }
            body(entry)
        }
    }

    /// Calls `body` with each living descendant of `root` as it is read. One whose parent has a higher id than itself, which
    /// happens once ids begin anew, may be missed and is found by another look, when its parent is gone.
    static func visitDescendants(of root: pid_t, _ body: (Entry) -> Void) {
        var family: Set<pid_t> = [root]
        visit { entry in
            guard family.contains(entry.parent) else { return }
            family.insert(entry.id)
            if !entry.isZombie { body(entry) }
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
