import Logging
import LovageClient
import LovageCore

/// Runs a kind written in Swift: decodes its arguments, calls its hooks, and turns what it throws into a report.
struct TypedHandler<Work: TypedJob>: Handler {
    var isBlocking: Bool { Work.isBlocking }

    func run(_ job: Job, _ context: JobContext) async -> AttemptReport {
        let work: Work
        do {
            work = try Coding.decode(Work.self, from: job.arguments)
        } catch {
            return .failed(
                Failure(kind: "arguments", message: "the arguments do not decode: \(error)", isRetryable: false))
        }
        do {
            try await work.onStart(context)
            let output = try await work.run(context)
            try await work.onSuccess(output, context)
            return .succeeded(Output.isNothing ? nil : try Coding.encode(output))
        } catch let skip as Skip {
            return .skipped(skip.reason)
        } catch let snooze as Snooze {
            return .snoozed(snooze.wait)
        } catch {
            return await failed(work, error, job, context)
        }
    }

    private typealias Output = OutputTraits<Work.Output>

    /// Whether the failure is final is the lifecycle's to say, so it is asked before the report is sent. The hooks run
    /// under the lease: if the process dies in them, the attempt is lost and another one will come to the same point.
    private func failed(_ work: Work, _ error: any Error, _ job: Job, _ context: JobContext) async -> AttemptReport {
        let report = context.control.limitPassed.map(AttemptReport.timedOut) ?? .failed(Failure(error))
        guard job.wouldFinish(with: report) else {
            await work.onRetry(error, context)
            return report
        }
        await work.onFailure(error, context)
        do {
            try await work.rollBack(error, context)
        } catch let second {
            context.logger.error("Roll back failed", metadata: ["error": "\(second)"])
        }
        return report
    }
}

private enum OutputTraits<Output> {
    static var isNothing: Bool { Output.self == NoOutput.self }
}

extension Job {
    /// True when `report`, from the attempt that runs now, would end the job.
    func wouldFinish(with report: AttemptReport) -> Bool {
        guard case .running = state else { return false }
        // Neither the moment nor the jitter has a say in whether another attempt follows.
        let now = Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0))
        do {
            guard case .change(let next) = try applying(.reported(fence: fence, report, entropy: 0), at: now) else {
                return false
            }
            return next.job.outcome != nil
        } catch {
            preconditionFailure("a report to a running job is always decided: \(error)")
        }
    }
}

extension Failure {
    /// What an error thrown by a handler is recorded as.
    init(_ error: any Error) {
        switch error {
        case let final as NeverAgain: self.init(kind: "NeverAgain", message: final.message, isRetryable: false)
        case let named as any ErrorKindProviding: self.init(kind: named.errorKind, message: "\(error)")
        default: self.init(kind: "\(type(of: error))", message: "\(error)")
        }
    }
}
