import LovageCore

/// What scripts wrote down themselves, outside of Lovage: one line when an attempt starts and one when it ends.
struct Ledger: Sendable {
    struct Line: Sendable, Hashable {
        let isStart: Bool
        let job: String
        let attempt: Int
        let fence: Int64
    }

    let lines: [Line]

    init(_ lines: [Line]) { self.lines = lines }

    /// Reads `start JOB ATTEMPT FENCE` and `finish JOB ATTEMPT FENCE`; a line that was cut by a kill is left out.
    init(text: String) {
        lines = text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 4, words[0] == "start" || words[0] == "finish", let attempt = Int(words[2]),
                let fence = Int64(words[3])
            else { return nil }
            return Line(isStart: words[0] == "start", job: String(words[1]), attempt: attempt, fence: fence)
        }
    }

    /// The script that writes it: each line is one append, so that lines of scripts that run at once do not mix.
    static let script = """
        #!/bin/sh
        echo "start $LOVAGE_JOB_ID $LOVAGE_ATTEMPT $LOVAGE_FENCE" >>"$LEDGER"
        sleep "$1"
        echo "finish $LOVAGE_JOB_ID $LOVAGE_ATTEMPT $LOVAGE_FENCE" >>"$LEDGER"
        """
}

/// What the store says of one job in the end.
struct RecordedJob: Sendable, Hashable {
    let isFinished: Bool
    let succeeded: Bool
    let attempts: [Attempt]

    struct Attempt: Sendable, Hashable {
        let number: Int
        let fence: Int64
        let end: AttemptEnd.Name?
    }
}

/// Holds the ledger against what was acknowledged and what the store says.
enum LedgerCheck {
    enum Violation: Sendable, Hashable {
        /// It was acknowledged and the store does not know it, or never ended it.
        case lost(String)
        /// It succeeded by the store, and no script says that it ran to its end.
        case succeededWithoutRunning(String)
        /// The same attempt ran twice.
        case ranTwice(String, attempt: Int)
        /// A script ran for an attempt that the store does not have.
        case unknownAttempt(String, attempt: Int)
        /// An attempt ran after one whose recorded end allows no other.
        case withoutReason(String, attempt: Int)
        /// Fences did not grow.
        case fenceDidNotGrow(String, attempt: Int)
        /// A script of an earlier attempt was alive after a later one had begun.
        case overlap(String, attempt: Int)
        /// More than one attempt is recorded as the one that succeeded.
        case completedTwice(String)
    }

    static func violations(
        _ ledger: Ledger, acknowledged: Set<String>, jobs: [String: RecordedJob]
    ) -> Set<Violation> {
        var found: Set<Violation> = []
        for id in acknowledged where jobs[id]?.isFinished != true { found.insert(.lost(id)) }
        let byJob = Dictionary(grouping: ledger.lines, by: \.job)
        for (id, job) in jobs {
            let lines = byJob[id] ?? []
            check(id, job, lines, &found)
            if job.succeeded, !lines.contains(where: { !$0.isStart }) { found.insert(.succeededWithoutRunning(id)) }
            if job.attempts.count(where: { $0.end == .succeeded }) > 1 { found.insert(.completedTwice(id)) }
        }
        return found
    }

    private static func check(_ id: String, _ job: RecordedJob, _ lines: [Ledger.Line], _ found: inout Set<Violation>) {
        var latest: Ledger.Line?
        for line in lines {
            guard line.isStart else {
                if let latest, line.attempt < latest.attempt { found.insert(.overlap(id, attempt: line.attempt)) }
                continue
            }
            if lines.count(where: { $0 == line }) > 1 { found.insert(.ranTwice(id, attempt: line.attempt)) }
            if !job.attempts.contains(where: { $0.number == line.attempt && $0.fence == line.fence }) {
                found.insert(.unknownAttempt(id, attempt: line.attempt))
            }
            for earlier in job.attempts where earlier.number < line.attempt && !allowsAnother(earlier.end) {
                found.insert(.withoutReason(id, attempt: line.attempt))
            }
            if let latest, latest.attempt != line.attempt, line.fence <= latest.fence {
                found.insert(.fenceDidNotGrow(id, attempt: line.attempt))
            }
            latest = line
        }
    }

    private static func allowsAnother(_ end: AttemptEnd.Name?) -> Bool {
        switch end {
        case .lost, .lostUnstarted, .handedBack, .failed, .timedOut, .snoozed: true
        case .succeeded, .skipped, .cancelled, .deadlinePassed, nil: false
        }
    }
}
