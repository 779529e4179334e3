extension Plan {
    /// Ways to make a world smaller, each tried alone: without a fault, or with half of something.
    ///
    /// Every concern draws from a stream of its own, so that a world without one fault is otherwise much the same.
    var smaller: [(name: String, plan: Plan)] {
        var found: [(String, Plan)] = []
        func consider(_ name: String, _ change: (inout Plan) -> Void) {
            var plan = self
            change(&plan)
            if plan != self { found.append((name, plan)) }
        }
        for (name, path) in Self.rates { consider("no \(name)") { $0[keyPath: path] = 0 } }
        for (name, path) in Self.counts { consider("no \(name)") { $0[keyPath: path] = 0 } }
        for (name, path) in Self.counts { consider("fewer \(name)") { $0[keyPath: path] /= 2 } }
        consider("unbounded") { $0.bounded = false }
        consider("no specialists") { $0.specialists = false }
        consider("no claims with reports") { $0.claimsWithReports = false }
        consider("one worker") { $0.workers = 1 }
        consider("fewer workers") { $0.workers = max(1, $0.workers - 1) }
        consider("one slot") { $0.slots = 1 }
        consider("half the jobs") { $0.jobs = max(2, $0.jobs / 2) }
        consider("fewer jobs") { $0.jobs = max(2, $0.jobs - 2) }
        return found
    }

    static var rates: [(String, WritableKeyPath<Plan, Double>)] {
        [
            ("lost replies", \.dropReply), ("lost requests", \.dropRequest), ("duplicates", \.duplicate),
            ("long delays", \.longDelay), ("failures", \.failure), ("snoozes", \.snooze), ("skips", \.skip),
            ("poison", \.poison), ("timed jobs", \.timed),
        ]
    }

    static var counts: [(String, WritableKeyPath<Plan, Int>)] {
        [
            ("worker crashes", \.workerCrashes), ("worker pauses", \.workerPauses), ("worker stops", \.workerStops),
            ("read-ahead", \.readAhead),
            ("server crashes", \.serverCrashes), ("server pauses", \.serverPauses), ("wall jumps", \.wallJumps),
            ("cancels", \.cancels), ("retries by hand", \.retries), ("queue pauses", \.queuePauses),
            ("workflows", \.workflows),
        ]
    }
}

extension Plan: CustomStringConvertible {
    /// What is on, in one line.
    public var description: String {
        var parts = ["\(jobs) jobs", "\(workers) workers", "\(slots) slots", "lease \(leaseMicroseconds / 1_000) ms"]
        for (name, path) in Self.counts where self[keyPath: path] > 0 { parts.append("\(name) \(self[keyPath: path])") }
        for (name, path) in Self.rates where self[keyPath: path] > 0 {
            parts.append("\(name) \(Int(self[keyPath: path] * 1_000)) ‰")
        }
        if bounded { parts.append("bounded queue") }
        if specialists { parts.append("specialists") }
        if claimsWithReports { parts.append("claims with reports") }
        if confirmsStarts { parts.append("confirmed starts") }
        return parts.joined(separator: ", ")
    }
}
