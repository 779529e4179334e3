import ArgumentParser
import LovageAPI
import LovageCore

/// What may be said about a job besides its kind and arguments.
struct SubmitOptions: ParsableArguments {
    @Option(help: "The queue. Default: that of the kind, or 'default'.") var queue: String?
    @Option(help: "From -128 to 127; a higher one goes first in its queue.") var priority: Int?
    @Option(help: ArgumentHelp("Start after this wait, such as 90s, 5m or 1h30m.", valueName: "time"))
    var after: SpanOption?
    @Option(help: ArgumentHelp("Start at this moment, such as 2030-01-31T08:00:00Z.", valueName: "moment"))
    var at: String?
    @Option(help: ArgumentHelp("End as expired when it has not started by then.", valueName: "time"))
    var startWithin: SpanOption?
    @Option(help: ArgumentHelp("Fail when queueing, running and retries together take longer.", valueName: "time"))
    var deadline: SpanOption?
    @Option(help: ArgumentHelp("End an attempt that runs longer.", valueName: "time"))
    var timeout: SpanOption?
    @Option(help: "How many attempts may follow a failed one.") var retries: Int?
    @Option(help: ArgumentHelp("The same key within 24 hours is the same job.", valueName: "key"))
    var idempotencyKey: String?
    @Flag(help: "Return the unfinished job with equal arguments, if there is one.") var unique = false
    @Option(
        help: ArgumentHelp(
            "What happens when no command of this kind is defined and no live worker runs it: refuse the job, or let "
                + "it wait for a worker. Default: refuse.", valueName: "refuse|wait"))
    var unknownKind: SubmitRequest.Unknown?
    @Option(
        help: ArgumentHelp(
            "What happens when no live worker takes from the queue, which has no settings and never had a job: refuse "
                + "the job, or let it wait for a worker. Default: refuse.", valueName: "refuse|wait"))
    var unknownQueue: SubmitRequest.Unknown?

    /// What is said, for the API; throws what is wrong with it before a server is asked.
    func request() throws(CommandFailure) -> OptionsRequest {
        var request = OptionsRequest()
        if let queue { request.queue = try QueueName(typed: queue) }
        if let priority {
            guard let value = Int8(exactly: priority) else {
                throw .usage("--priority is \(priority): use -128 to 127")
            }
            request.priority = value
        }
        if let retries {
            guard (0...OptionsRequest.mostRetries).contains(retries) else {
                throw .usage("--retries is \(retries): use 0 to \(OptionsRequest.mostRetries)")
            }
            request.retries = retries
        }
        if let key = idempotencyKey {
            guard OptionsRequest.key(key) != nil else {
                throw .usage("--idempotency-key has \(key.utf8.count) bytes: use 1 to 200")
            }
            request.idempotencyKey = key
        }
        request.start = try start()
        request.startWithin = try Self.limit(startWithin, "--start-within")
        request.deadline = try Self.limit(deadline, "--deadline")
        request.hardLimit = try Self.limit(timeout, "--timeout")
        if unique { request.unique = .allArguments }
        return request
    }

    /// A limit without any time would end the job for certain.
    private static func limit(_ option: SpanOption?, _ name: String) throws(CommandFailure) -> Duration? {
        guard let option else { return nil }
        guard option.duration > .zero else {
            throw .usage("\(name) is 0s: use a longer time, or leave it out for no limit")
        }
        return option.duration
    }

    private func start() throws(CommandFailure) -> JobOptions.Start? {
        if after != nil, at != nil { throw .usage("--after and --at are both given: use one of them") }
        if let after { return .after(after.duration) }
        guard let at else { return nil }
        guard let microseconds = RFC3339.microseconds(at) else {
            throw .usage("--at '\(Harmless.line(at))' is no moment: write it like 2030-01-31T08:00:00Z")
        }
        return .at(WallTime(microseconds: microseconds))
    }
}

extension SubmitRequest.Unknown: ExpressibleByArgument {}
