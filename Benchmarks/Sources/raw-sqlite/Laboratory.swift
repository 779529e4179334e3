import Foundation

/// What one part measured.
struct Figure: Encodable {
    let key: String
    let jobs: Int
    let jobsPerSecond: Double
    let p50Us: Double
    let p99Us: Double
}

/// What can be measured, as it is written on the command line: `insert:100`, `claim:1`.
struct Part {
    enum Work: String {
        /// Jobs are stored.
        case insert
        /// Jobs are claimed in one commit, and marked finished with their attempts in the next one.
        case claim
        /// The same without rows for attempts.
        case claimNoAttempts = "claim-no-attempts"
        /// What was claimed before is marked in the commit that claims more.
        case claimOneCommit = "claim-one-commit"
    }

    let key: String
    let work: Work
    /// How many jobs a commit takes.
    let bulk: Int

    init?(_ key: String) {
        let words = key.split(separator: ":")
        guard words.count == 2, let work = Work(rawValue: String(words[0])), let bulk = Int(words[1]),
            (1...10_000).contains(bulk)
        else { return nil }
        (self.key, self.work, self.bulk) = (key, work, bulk)
    }
}

/// Measures parts, each on a fresh copy of the template.
struct Laboratory {
    let template: URL
    let folder: URL
    let seconds: Double

    func measure(_ part: Part) throws -> Figure {
        let copy = folder.appendingPathComponent("raw-sqlite-\(ProcessInfo.processInfo.processIdentifier).db")
        // What is not there need not be removed.
        defer { for suffix in ["", "-wal", "-shm"] { unlink(copy.path + suffix) } }
        try FileManager.default.copyItem(at: template, to: copy)
        let table = try JobTable(copy.path)
        try fill(table, for: part)
        let (jobs, spent, samples) = try time { try turn(part, on: table) }
        try table.check(finished: part.work == .insert ? 0 : jobs, withAttempts: part.work != .claimNoAttempts)
        return Figure(
            key: part.key, jobs: jobs, jobsPerSecond: Double(jobs) / spent, p50Us: samples[samples.count / 2],
            p99Us: samples[samples.count * 99 / 100])
    }

    /// Lets so many jobs wait that the queue does not run dry, and begins with an empty log.
    private func fill(_ table: JobTable, for part: Part) throws {
        if part.work != .insert {
            let perSecond = part.bulk == 1 ? 20_000.0 : 150_000.0
            for _ in 0..<Int(seconds * perSecond) / 1_000 + 2 { try table.insert(1_000) }
        }
        try table.checkpoint()
    }

    private func turn(_ part: Part, on table: JobTable) throws -> Int {
        switch part.work {
        case .insert: try table.insert(part.bulk)
        case .claim: try table.claimAndMark(part.bulk, withAttempts: true)
        case .claimNoAttempts: try table.claimAndMark(part.bulk, withAttempts: false)
        case .claimOneCommit: try table.markAndClaim(part.bulk)
        }
    }

    /// Repeats a turn until the time is over or nothing was done; answers jobs, seconds, and the microseconds of turns.
    private func time(_ turn: () throws -> Int) throws -> (jobs: Int, spent: Double, samples: [Double]) {
        let clock = ContinuousClock()
        let began = clock.now
        var last = began
        var jobs = 0
        var samples: [Double] = []
        repeat {
            let done = try turn()
            let now = clock.now
            samples.append((now - last) / .microseconds(1))
            last = now
            jobs += done
            if done == 0, samples.count > 1 { break }
        } while (last - began) / .seconds(1) < seconds
        return (jobs, (last - began) / .seconds(1), samples.sorted())
    }
}
