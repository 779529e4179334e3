import LovageCore
import LovageStore

/// The jobs of a world: what is submitted, and how handlers end.
enum Jobs {
    static let kind: Kind = "sim.job"
    static let step: Kind = "sim.step"

    private static let backoffs: [Backoff] = [
        .fixed(.milliseconds(50)), .list([.milliseconds(10), .milliseconds(80)]), .list([.milliseconds(20), .zero]),
        .exponential(base: .milliseconds(20), cap: .milliseconds(30), jitter: false),
        .exponential(base: .milliseconds(40), cap: .milliseconds(200), jitter: true),
    ]
    private static let rules: [String: RetryPolicy.Rule] = [
        "hopeless": .never, "busy": .retry(retries: 1, backoff: .fixed(.milliseconds(10))),
    ]

    static func submission(client: Int, number: Int, world: World) -> Submission {
        let plan = world.plan
        var options = JobOptions(
            retry: RetryPolicy(
                retries: Int(world.work.pick(0...3)), backoff: world.work.pick(backoffs), rules: rules))
        options.idempotencyKey = world.work.chance(0.95) ? "c\(client)-\(number)" : nil
        options.crashLimit = Int(world.work.pick(1...3))
        options.queue = world.work.chance(0.8) ? "default" : "slow"
        options.priority = Int8(world.work.pick(-1...1))
        options.unstartedLimit = plan.confirmsStarts ? 4 : 10
        if world.work.chance(plan.timed) {
            switch world.work.pick(0...3) {
            case 0: options.start = .after(.microseconds(world.work.pick(1_000...2_000_000)))
            case 1: options.start = .at(world.moment.wall + .microseconds(world.work.pick(1_000...2_000_000)))
            case 2: options.startWithin = .microseconds(world.work.pick(20_000...1_000_000))
            default: options.deadline = .microseconds(world.work.pick(50_000...3_000_000))
            }
        }
        if plan.aheadMicroseconds > 0, world.work.chance(plan.timed / 4) { endAboutWhenDue(&options, world) }
        var arguments: JSONValue = ["n": .number(JSONNumber(number)), "client": .number(JSONNumber(client))]
        if world.work.chance(0.02) { options.idempotencyKey = "shared" }
        if world.work.chance(0.1) {
            options.unique = .allArguments
            arguments = ["unique": .number(JSONNumber(world.work.pick(0...3)))]
        }
        if world.work.chance(plan.poison) { arguments = ["poison": true, "n": .number(JSONNumber(number))] }
        return Submission(
            id: JobID(UUIDv7(at: world.moment.wall, using: &world.ids)), kind: kind, arguments: arguments.text(),
            options: options)
    }

    /// A start window or a deadline that ends shortly before or after the job is due.
    private static func endAboutWhenDue(_ options: inout JobOptions, _ world: World) {
        let due = world.work.pick(200_000...2_000_000)
        let end = Duration.microseconds(due + world.work.pick(-100_000...100_000))
        options.start = .after(.microseconds(due))
        if world.work.chance(0.5) { options.startWithin = end } else { options.deadline = end }
    }

    /// A poison job ends its worker's process every time, while faults last.
    static func isPoison(_ job: Job) -> Bool { job.arguments.string.contains("poison") }

    static func end(of job: Job, plan: Plan, using work: inout Seeded) -> AttemptReport {
        if work.chance(plan.failure) {
            let kind = work.pick(["sim", "sim", "sim", "hopeless", "busy"])
            let failure = Failure(kind: kind, message: "drawn", isRetryable: work.chance(0.9))
            return work.chance(0.3) ? .timedOut(failure) : .failed(failure)
        }
        if work.chance(plan.snooze) { return .snoozed(.milliseconds(work.pick(0...300))) }
        if work.chance(plan.skip) { return .skipped("drawn") }
        if work.chance(0.02) { return .handedBack }
        return .succeeded(result(of: job))
    }

    /// Names the attempt, so that the stored result tells whose report was taken.
    static func result(of job: Job) -> JSONText {
        JSONValue.object([
            JSONMember("id", .string(job.id.description)), JSONMember("fence", .number(JSONNumber(job.fence))),
            JSONMember("items", [1, 2, 3, 4]),
        ]).text()
    }
}
