import LovageCore
import Testing

/// Every state with every event: the golden table, and its agreement with the page people read.
struct JobLifecycleTableTests {
    @Test func `every pair of state and event does what the golden table says`() throws {
        var lines = [
            "# Every state of a job with every event: what JobLifecycle decides.",
            "# Written by JobLifecycleTableTests; record again with RECORD_SNAPSHOTS=1 and read the difference.",
        ]
        for sample in LifecycleSamples.jobs {
            lines.append("")
            lines.append(sample.name)
            for event in LifecycleSamples.events {
                lines.append("  " + event.name.padded(to: 32) + Self.describe(event.event, on: sample.job))
            }
        }
        try Repository.expectGolden(lines.joined(separator: "\n") + "\n", "Tests/Fixtures/core/job-lifecycle.txt")
    }

    @Test func `the page lists exactly the legal pairs, with what they lead to`() throws {
        let page = try LegalPair.parsing(Repository.text("docs/internals/job-lifecycle.md"))
        let code = Self.enumerated()
        for (pair, effects) in code.sorted(by: { $0.key < $1.key }) {
            let listed = page[pair] ?? []
            #expect(listed == effects, "\(pair): the page lists \(listed.sorted()), the code does \(effects.sorted())")
        }
        #expect(Set(page.keys).subtracting(code.keys).isEmpty, "the page lists pairs that the code refuses")
    }

    @Test func `the samples cover every state and every event`() {
        #expect(Set(LifecycleSamples.jobs.map(\.job.state.name)) == Set(JobState.Name.allCases))
        #expect(Set(LifecycleSamples.events.map(\.event.name)) == Set(JobEvent.Name.allCases))
        #expect(LifecycleSamples.jobs.allSatisfy { $0.job.brokenInvariant == nil })
    }

    @Test func `every change of the table is guarded by what was read and leaves a sound job`() throws {
        for sample in LifecycleSamples.jobs {
            for event in LifecycleSamples.events {
                guard case .change(let transition)? = try? sample.job.applying(event.event, at: now) else { continue }
                let place = "\(sample.name), \(event.name)"
                #expect(transition.expected.id == sample.job.id, "\(place)")
                #expect(transition.expected.state == sample.job.state.name, "\(place)")
                #expect(transition.expected.fence == sample.job.fence, "\(place)")
                #expect(transition.job.brokenInvariant == nil, "\(place)")
                #expect(transition.job.fence >= sample.job.fence, "\(place)")
            }
        }
    }

    /// What each pair of names leads to, over all samples; pairs that are always refused are absent.
    static func enumerated() -> [LegalPair: Set<String>] {
        var found: [LegalPair: Set<String>] = [:]
        for sample in LifecycleSamples.jobs {
            for event in LifecycleSamples.events {
                let pair = LegalPair(state: sample.job.state.name, event: event.event.name)
                switch try? sample.job.applying(event.event, at: now) {
                case .change(let transition)?: found[pair, default: []].insert(transition.job.state.name.rawValue)
                case .unchanged?: found[pair, default: []].insert("unchanged")
                case .stale?: found[pair, default: []].insert("stale")
                case nil: break
                }
            }
        }
        return found
    }

    private static func describe(_ event: JobEvent, on job: Job) -> String {
        do {
            switch try job.applying(event, at: now) {
            case .unchanged: return "unchanged"
            case .stale: return "stale"
            case .change(let transition): return describe(transition, from: job)
            }
        } catch {
            return "ILLEGAL"
        }
    }

    private static func describe(_ transition: Transition, from old: Job) -> String {
        let job = transition.job
        var words = ["-> \(describe(job.state))"]
        if transition.takesSequence { words.append("new place") }
        if job.fence != old.fence { words.append("fence +\(job.fence - old.fence)") }
        if job.generation != old.generation { words.append("generation +\(job.generation - old.generation)") }
        switch transition.attempt {
        case .opened(let attempt): words.append("opens attempt \(attempt.number)")
        case .started: words.append("attempt started")
        case .closed(let number, let started, let end):
            let wasStarted = if case .running(let lease) = old.state { lease.started != nil } else { false }
            if started != nil, !wasStarted { words.append("attempt started") }
            words.append("closes attempt \(number) as \(end.name.rawValue)")
        case nil: break
        }
        for (name, before, after) in [
            ("failed", old.used.failed, job.used.failed), ("crashed", old.used.crashed, job.used.crashed),
            ("unstarted", old.used.unstarted, job.used.unstarted),
        ] where before != after { words.append("\(name) \(before) -> \(after)") }
        if job.result != old.result { words.append("result \(job.result?.string ?? "none")") }
        if job.standIn != old.standIn { words.append(job.standIn == nil ? "no stand-in" : "stand-in") }
        if job.failure != old.failure { words.append("failure \(job.failure?.kind ?? "none")") }
        if job.arguments != old.arguments { words.append("arguments") }
        if job.definition != old.definition { words.append("version \(job.definition ?? 0)") }
        if job.progress != old.progress { words.append("progress") }
        if job.status != old.status { words.append("status") }
        return words.joined(separator: ", ")
    }

    private static func describe(_ state: JobState) -> String {
        switch state {
        case .suspended(.until(let due)): "suspended.until(\((due - now.store).components.seconds) s)"
        case .suspended(.retry(let due)): "suspended.retry(\((due - now.store).components.seconds) s)"
        case .suspended(.at(let due)): "suspended.at(\((due - now.wall).components.seconds) s)"
        case .suspended(.needs): "suspended.needs"
        case .suspended(.signal(let name)): "suspended.signal(\(name))"
        case .suspended(.merged): "suspended.merged"
        case .ready: "ready"
        case .blocked: "blocked"
        case .running(let lease):
            "running(\(lease.started == nil ? "unstarted" : "started"), \((lease.expires - now.store).components.seconds) s)"
        case .finished(.failed(let reason)): "finished.failed(\(reason.rawValue))"
        case .finished(let outcome): "finished.\(outcome.name.rawValue)"
        }
    }
}

/// One row of the page: a state and an event that can meet.
struct LegalPair: Hashable, Comparable, CustomStringConvertible {
    let state: JobState.Name
    let event: JobEvent.Name

    var description: String { "(\(state.rawValue), \(event.rawValue))" }
    static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    struct Unreadable: Error { let row: String }

    /// Reads the rows `| state | event | leads to |` between the page's two marks.
    static func parsing(_ page: String) throws -> [LegalPair: Set<String>] {
        var pairs: [LegalPair: Set<String>] = [:]
        let rows = page.split(separator: "\n").drop { $0 != "<!-- legal pairs -->" }
            .prefix { $0 != "<!-- end of legal pairs -->" }
        for row in rows where row.hasPrefix("| `") {
            let cells = row.split(separator: "|").map { $0.replacing("`", with: "").trimmed }
            guard cells.count >= 3, let state = JobState.Name(rawValue: cells[0]),
                let event = JobEvent.Name(rawValue: cells[1])
            else { throw Unreadable(row: String(row)) }
            let effects = cells[2].split(separator: ",").map { String($0).trimmed }
            #expect(pairs[LegalPair(state: state, event: event)] == nil, "\(state), \(event) is listed twice")
            pairs[LegalPair(state: state, event: event)] = Set(effects)
        }
        return pairs
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(1, width - count))
    }
}
