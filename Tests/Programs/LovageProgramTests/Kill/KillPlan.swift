#if DEBUG
import LovageSimulation
import LovageStore

/// How the rounds of one run end, drawn from a seed: some at a moment, some at a place in the code.
struct KillPlan: Sendable {
    /// How one round ends.
    enum Blow: Sendable, Hashable {
        /// SIGKILL this long after the start of the load.
        case kill(after: Duration)
        /// SIGTERM this long after the start of the load, which drains.
        case terminate(after: Duration)
        /// The process kills itself when it passes this place for the `pass`-th time.
        case point(String, pass: Int)

        /// The same place, at the earliest pass.
        var atFirstPass: Blow { if case .point(let name, _) = self { .point(name, pass: 1) } else { self } }

        var isPoint: Bool { if case .point = self { true } else { false } }
    }

    /// How often each place has to be hit for a run to say anything.
    static let leastHits = 3

    /// The places that the load reaches; those of migrations have a test of their own.
    static let points = CrashPlan.all.filter { !$0.hasPrefix("migrate.") }

    let blows: [Blow]

    /// A plan of at least `rounds` rounds: each place as often as the others and at least `leastHits` times, and a fifth
    /// of all rounds at a moment instead.
    init(rounds: Int, seed: UInt64) {
        var random = Seeded(seed)
        let moments = max(rounds / 5, 30)
        let hits = max(Self.leastHits, (rounds - moments + Self.points.count - 1) / Self.points.count)
        var blows: [Blow] = []
        for point in Self.points {
            for _ in 0..<hits {
                blows.append(.point(point, pass: Int.random(in: 1...Self.mostPasses(of: point), using: &random)))
            }
        }
        for index in 0..<moments {
            let moment = Duration.milliseconds(Int.random(in: 20...500, using: &random))
            blows.append(index.isMultiple(of: 10) ? .terminate(after: moment) : .kill(after: moment))
        }
        // What a dead worker held is taken back only if the server before was killed while it ran something, which on a fast
        // machine is soon over.
        self.blows = blows.shuffled(using: &random).flatMap { blow in
            if case .point(let name, _) = blow, name.hasPrefix("retire.") {
                return [.point("command.after_start", pass: 1), blow]
            }
            return [blow]
        }
    }

    /// How often one round passes a place for certain: a blow at a later pass might never fall.
    private static func mostPasses(of point: String) -> Int {
        switch point {
        case "answer.before_send": 8
        case "fan_out.mid": 6
        case "attempt.mid", "command.after_end", "command.after_start", "worker.after_run", "worker.before_run": 4
        case "claim.after_commit", "claim.before_commit", "complete.after_commit", "complete.before_commit": 3
        case "fan_in.after_member", "submit.after_commit", "submit.before_commit", "worker.before_report": 3
        case "cancel_run.mid", "purge.mid", "sweep.mid", "worker.after_claim": 2
        default: 1
        }
    }

    /// What the server of a round needs to pass a place soon: a heartbeat comes after a third of a lease.
    static func arguments(for blow: Blow) -> [String] {
        if case .point(let name, _) = blow, name.hasPrefix("renew.") { return ["--lease", "2s"] }
        return []
    }

    /// What the server of a round is told to kill itself at.
    static func environment(for blow: Blow) -> [String: String] {
        guard case .point(let name, let pass) = blow else { return [:] }
        return ["LOVAGE_CRASH_AT": "\(name):\(pass)"]
    }
}
#endif
