import LovageCore
import LovageStore
import LovageWorkflow

/// Draws commands from a seed, with an eye on what was answered: most of them meet jobs that are there.
struct CommandSource {
    private var random: SplitMix64
    private let clock: VirtualClock
    private var made: UInt64 = 0
    private var known: [JobID] = []
    private var held: [Job] = []
    private var runs: [WorkflowID] = []
    private let workers: [WorkerID]

    private static let queues: [QueueName] = ["default", "mail", "slow"]
    private static let kinds: [Kind] = ["work", "send", "never"]
    private static let texts = [
        "{}", "{\"a\":1}", "{\"a\":1,\"b\":2}", "[1,2,3]", "[]", "\"text\"", "{\"b\":2.0, \"a\":1}", "{ \"a\":10e-1}",
    ]

    init(seed: UInt64, clock: VirtualClock) {
        random = SplitMix64(seed: seed)
        self.clock = clock
        workers = (1...3).map { WorkerID(UUIDv7(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0000 | $0)) }
    }

    /// The next command; time may pass before it.
    mutating func next() -> StoreCommand {
        passTime()
        switch below(100) {
        case 0..<22: return .submit((0..<(1 + below(6))).map { _ in submission() })
        case 22..<40: return .claim(claimRequest())
        case 40..<56: return .apply(changes())
        case 56..<62: return .reportAndClaim(changes(), claimRequest())
        case 62..<67: return atOnce()
        case 67..<72: return .renew(pick(workers), seconds(1...60), held.filter { _ in chance(2) }.map(\.hold))
        case 72..<78: return .promote(below(8))
        case 78..<84: return .sweep(below(6))
        case 84..<87: return .prune(below(10))
        case 87..<89: return .purge(pick(Self.queues), below(5))
        case 89..<91: return .set(pick(Self.queues), settings())
        case 91..<94: return .register(record(), seconds(1...60))
        case 94..<95: return .retire(pick(workers))
        case 95..<96: return .save(draft())
        case 96..<99: return start()
        default: return runs.isEmpty ? .sweep(10) : .cancelRun(pick(runs), cleanup: !chance(3))
        }
    }

    /// Remembers what an answer tells of jobs.
    mutating func note(_ answer: StoreCommand.Answer) {
        switch answer {
        case .submitted(let answers): known += answers.compactMap(\.id)
        case .jobs(let jobs): note(jobs)
        case .reportedAndClaimed(let next): note(next.jobs)
        default: break
        }
        if held.count > 40 { held.removeFirst(held.count - 40) }
        if known.count > 150 { known.removeFirst(known.count - 150) }
    }

    private mutating func note(_ jobs: [Job]) {
        held += jobs
        known += jobs.map(\.id)
    }

    private mutating func passTime() {
        switch below(20) {
        case 0..<8: clock.advance(by: .milliseconds(below(3_000)))
        case 8: clock.advance(by: seconds(1...90))
        case 9: if chance(6) { clock.advance(by: seconds(3_600...300_000)) }
        case 10: clock.jumpWall(by: .seconds(below(240) - 120))
        default: break
        }
    }

    private mutating func submission() -> Submission {
        if chance(12), let id = known.randomElement(using: &random) {
            return Submission(id: id, kind: pick(Self.kinds), arguments: arguments())
        }
        return Submission(
            id: JobID(uuid()), kind: pick(Self.kinds), arguments: arguments(), options: options(),
            definition: chance(5) ? 1 + below(3) : nil)
    }

    private mutating func options() -> JobOptions {
        var options = JobOptions(queue: pick(Self.queues), priority: chance(3) ? Int8(below(5) - 2) : 0)
        if chance(4) { options.start = .after(seconds(0...120)) }
        if chance(8) { options.start = .at(clock.now.wall + seconds(-60...120)) }
        if chance(5) { options.startWithin = seconds(0...90) }
        if chance(6) { options.deadline = seconds(1...200) }
        if chance(2) { options.retry = retry() }
        if chance(5) { options.crashLimit = 1 + below(3) }
        if chance(5) { options.unstartedLimit = 1 + below(3) }
        if chance(6) { options.idempotencyKey = "key \(below(6))" }
        if chance(5) { options.unique = chance(2) ? .allArguments : .members(["a", "b"]) }
        if options.unique != nil, chance(3) { options.argumentDefaults = JSONText(trusted: Array("{\"b\":2}".utf8)) }
        if chance(7) { options.hardLimit = seconds(1...90) }
        return options
    }

    private mutating func retry() -> RetryPolicy {
        let backoffs: [Backoff] = [
            .standard, .fixed(.zero), .fixed(.seconds(5)), .list([.seconds(1), .seconds(9)]),
            .exponential(base: .seconds(2), cap: .seconds(30), jitter: false),
        ]
        var policy = RetryPolicy(retries: below(4), backoff: pick(backoffs))
        if chance(3) { policy.rules["exit 7"] = chance(2) ? .never : .retry(retries: 1, backoff: pick(backoffs)) }
        return policy
    }

    private mutating func claimRequest() -> ClaimRequest {
        let limit = below(8)
        return ClaimRequest(
            worker: pick(workers),
            offer: ClaimRule.Offer(
                kinds: Set(Self.kinds.filter { _ in !chance(3) }), queues: Self.queues.shuffled(using: &random)),
            limit: limit, starting: chance(2) ? limit : below(limit + 1), lease: seconds(1...60),
            ahead: chance(3) ? seconds(0...20) : .zero)
    }

    private mutating func changes() -> [JobChange] { (0..<(1 + below(4))).compactMap { _ in change() } }

    /// Something said by an attempt, rightly or too late, or by a person.
    private mutating func change() -> JobChange? {
        if chance(3), let id = known.randomElement(using: &random) {
            return JobChange(
                id,
                chance(2)
                    ? .cancelled(.requested("because \(below(9))"))
                    : .retried(held: false, version: chance(3) ? version() : nil))
        }
        guard let job = held.randomElement(using: &random) else { return nil }
        let fence = chance(10) ? job.fence - 1 : job.fence
        switch below(8) {
        case 0: return JobChange(job.id, .startConfirmed(fence: fence))
        case 1: return JobChange(job.id, .published(fence: fence, publication()))
        default: return JobChange(job.id, .reported(fence: fence, report(), entropy: random.next()))
        }
    }

    private mutating func version() -> JobVersion {
        let job = Job(
            id: JobID(uuid()), kind: "work", arguments: .emptyObject, options: JobOptions(), submitted: clock.now)
        return JobVersion(definition: 1 + below(3), of: job, from: JobOptions(), to: options())
    }

    private mutating func publication() -> Publication {
        chance(2)
            ? .progress(Job.Progress(done: Int64(below(9)), total: 9))
            : .status(Job.Status(name: "step \(below(3))", data: chance(2) ? arguments() : nil))
    }

    private mutating func report() -> AttemptReport {
        switch below(10) {
        case 0..<4: .succeeded(chance(4) ? nil : arguments())
        case 4..<6: .failed(Failure(kind: chance(2) ? "exit 7" : "thrown", message: "é \(below(9))"))
        case 6: .failed(Failure(kind: "thrown", message: "never again", isRetryable: false))
        case 7: .timedOut(Failure(kind: "timeout", message: "too slow"))
        case 8: chance(2) ? .skipped("nothing to do") : .snoozed(seconds(0...30))
        default: .handedBack
        }
    }

    /// Ends several jobs at once that belong to no run and stand for no member of one: their order cannot matter.
    private mutating func atOnce() -> StoreCommand {
        var jobs: [JobID: Job] = [:]
        for job in held where job.membership == nil && job.options.unique == nil && chance(2) { jobs[job.id] = job }
        return .applyAtOnce(
            jobs.values.sorted { $0.id < $1.id }.map {
                JobChange($0.id, .reported(fence: $0.fence, .succeeded(arguments()), entropy: 0))
            })
    }

    private mutating func settings() -> QueueSettings {
        QueueSettings(
            isPaused: chance(4), capacity: chance(3) ? below(20) : nil, keepFinishedFor: seconds(0...100_000),
            keepFinishedCount: chance(3) ? below(20) : nil)
    }

    private mutating func record() -> WorkerRecord {
        WorkerRecord(
            id: pick(workers), name: "host:\(below(9))",
            offer: ClaimRule.Offer(kinds: Set(Self.kinds.prefix(1 + below(3))), queues: Self.queues),
            slots: 1 + below(8), isLocal: false)
    }

    private mutating func draft() -> DefinitionDraft {
        typealias Step = WorkflowDefinition.Step
        let shape = below(3)
        var steps = [
            Step(name: "list", kind: "work", overrides: overrides()),
            Step(
                name: "each", kind: "send", needs: ["list"], foreach: "${steps.list.result}",
                arguments: chance(2) ? ["item": "${item}"] : ["a": 1], overrides: overrides()),
            Step(name: "join", kind: "work", needs: ["each"], rule: shape == 0 ? .allFinished : .allSucceeded),
        ]
        if shape > 0 { steps.append(Step(name: "clean", kind: "work", needs: ["each", "list"], rule: .anyFailed)) }
        if shape > 1 { steps.append(Step(name: "last", kind: "work", needs: ["join", "clean"])) }
        return DefinitionDraft(
            definition: .workflow(WorkflowDefinition(name: "flow", steps: steps)), hash: "shape \(made)")
    }

    private mutating func overrides() -> WorkflowDefinition.Overrides {
        WorkflowDefinition.Overrides(
            delay: chance(6) ? seconds(0...20) : nil,
            unique: chance(2) ? .by(chance(2) ? .allArguments : .members(["a"])) : nil)
    }

    private mutating func start() -> StoreCommand {
        let id = WorkflowID(uuid())
        runs.append(id)
        return .start(WorkflowSubmission(id: id, name: "flow"))
    }

    // Chance.

    private mutating func uuid() -> UUIDv7 {
        made += 1
        return UUIDv7(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0000_0000 | made)
    }

    private mutating func arguments() -> JSONText { JSONText(trusted: Array(pick(Self.texts).utf8)) }
    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    private mutating func seconds(_ range: ClosedRange<Int>) -> Duration {
        .seconds(Int.random(in: range, using: &random))
    }
    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

extension Job {
    fileprivate var hold: Hold { Hold(id: id, fence: fence) }
}
