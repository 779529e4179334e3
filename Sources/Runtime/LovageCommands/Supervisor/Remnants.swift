import Glibc

/// What supervisors of an earlier owner left in the run folder: commands that are still ending. The owner of a store
/// waits for them before it lets any attempt start, because an attempt of theirs may be the next one it would run.
public struct Remnants: Sendable {
    /// What was found and done.
    public struct Report: Sendable, Equatable {
        /// Supervisors that were still ending their commands.
        public var awaited = 0
        /// Supervisors whose trees had to be killed because they were not done in time.
        public var killed = 0
        /// Supervisors that had died without tidying up; what was found of their commands was killed.
        public var abandoned = 0
    }

    /// Some processes outlived SIGKILL (they hang in the kernel, or are not ours to kill).
    public struct StillAlive: Error, Equatable, CustomStringConvertible {
        /// The lock files of those supervisors.
        public var files: [String]
        /// Says what an operator can do.
        public var description: String {
            "Commands of an earlier owner are still running and could not be killed; see the process ids in "
                + files.joined(separator: ", ")
        }
    }

    private let folder: String

    /// Looks in `folder`, the one the earlier owner's `CommandRunner` used.
    public init(in folder: String) {
        self.folder = folder
    }

    /// Returns when no supervisor of an earlier owner is left. Those that are not done after `patience` are killed
    /// with their trees. Call it after the store's lock is held and before the first claim.
    public func awaitGone(
        patience: Duration = .seconds(10), clock: some Clock<Duration> = ContinuousClock()
    ) async throws -> Report {
        var report = Report()
        let deadline = clock.now.advanced(by: patience)
        let last = deadline.advanced(by: .seconds(5))
        var isFirstLook = true
        while true {
            let living = lockFiles().filter { endAbandoned($0, &report) }
            if isFirstLook { report.awaited = living.count }
            isFirstLook = false
            guard !living.isEmpty else { return report }
            guard clock.now < last else { throw StillAlive(files: living) }
            if clock.now >= deadline {
                report.killed = max(report.killed, living.count)
                for path in living { Self.killTree(ofHolder: path) }
            }
            // A lock cannot be waited for without a thread; this runs once, at start, and for seconds at most.
            try await clock.sleep(until: clock.now.advanced(by: .milliseconds(20)), tolerance: nil)
        }
    }

    /// True if the supervisor lives; otherwise ends what it left and removes its file.
    private func endAbandoned(_ path: String, _ report: inout Report) -> Bool {
        guard let holder = SupervisorLock.holder(of: path) else { return false }
        guard !holder.isAlive else { return true }
        Self.endAbandoned(path)
        report.abandoned += 1
        return false
    }

    /// Ends what a dead supervisor left, as far as it can be known, and removes its lock file. Its orphans now belong
    /// to some other process, but they still are in its session, whose number nobody gets while one of them lives.
    static func endAbandoned(_ path: String) {
        guard let holder = SupervisorLock.holder(of: path), !holder.isAlive else { return }
        if holder.id > 1 {
            for _ in 0..<100 {
                let members = ProcessTable().members(ofSession: holder.id).filter { $0.started >= holder.started }
                guard !members.isEmpty else { break }
                for member in members { kill(member.id, SIGKILL) }
            }
        }
        unlink(path)
    }

    /// Kills the tree, then the supervisor: the other way round its children would no longer be known as its own.
    private static func killTree(ofHolder path: String) {
        guard let holder = SupervisorLock.holder(of: path), holder.isAlive, holder.id > 1,
            ProcessTable.entry(of: holder.id)?.started == holder.started
        else { return }
        // Stopped, it starts nothing and reaps nobody, so that no process id is given away while we use it.
        kill(holder.id, SIGSTOP)
        for _ in 0..<100 {
            let tree = ProcessTable().descendants(of: holder.id)
            guard !tree.isEmpty else { break }
            for process in tree { kill(process.id, SIGKILL) }
        }
        kill(holder.id, SIGKILL)
    }

    private func lockFiles() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var paths: [String] = []
        while let item = readdir(directory) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(SupervisorLock.suffix) { paths.append("\(folder)/\(name)") }
        }
        return paths.sorted()
    }
}
