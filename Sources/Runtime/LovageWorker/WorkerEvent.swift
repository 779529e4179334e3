public import Logging
public import LovageCore
import LovageStore

/// What happens in a worker, for logs, metrics and tests.
public enum WorkerEvent: Sendable {
    /// It is known to its source and asks for work.
    case began(WorkerID)
    /// An attempt's handler starts.
    case attemptStarted(Job)
    /// An attempt waits in its slot for the processes of another one, of the same job or with its unique key.
    case attemptWaits(Job)
    /// An attempt's end is recorded; the job as it is now.
    case attemptRecorded(Job, AttemptReport)
    /// An attempt's end came too late: the job was cancelled, or its lease was lost.
    case attemptStale(JobID, fence: Int64)
    /// An attempt was made to stop, or never began, because it no longer holds its job.
    case attemptStopped(JobID, fence: Int64)
    /// A handler did not stop at its hard limit; its slot is lost until it returns.
    case slotLost(JobID, Kind)
    /// A handler that is not marked blocking has kept a shared thread.
    case blockerFound(Kind)
    /// A call to the source failed and will be tried again.
    case sourceFailed(String, any Error)
    /// No sign of life got through for so long that everything that ran was stopped.
    case leaseGivenUp(WorkerID)
    /// Its machine lets attempts down: they are handed back, and nothing is claimed until that has passed.
    case machineTroubled(MachineTrouble)
    /// An attempt has started again, and claims go on as before.
    case machineRecovered
    /// It asks for no more work.
    case draining(WorkerID, running: Int)
    /// It holds nothing any more.
    case ended(WorkerID)
}

/// Writes worker events to a log: the only place where a worker logs.
public struct WorkerLog: Sendable {
    private let logger: Logger

    /// Logs to `logger`.
    public init(_ logger: Logger) { self.logger = logger }

    /// Writes one event.
    public func record(_ event: WorkerEvent) {
        switch event {
        case .began(let id): logger.info("Worker began", metadata: ["worker.id": "\(id)"])
        case .attemptStarted(let job): logger.debug("Attempt started", metadata: metadata(of: job))
        case .attemptWaits(let job):
            logger.info("Attempt waits for the processes of an earlier one to end", metadata: metadata(of: job))
        case .attemptRecorded(let job, let report): recorded(job, report)
        case .attemptStale(let id, let fence):
            logger.info("Attempt came too late", metadata: ["job.id": "\(id)", "job.fence": "\(fence)"])
        case .attemptStopped(let id, let fence):
            logger.info("Attempt stopped", metadata: ["job.id": "\(id)", "job.fence": "\(fence)"])
        case .slotLost(let id, let kind):
            logger.error(
                "Handler ignores its hard limit, slot lost", metadata: ["job.id": "\(id)", "job.kind": "\(kind)"])
        case .blockerFound(let kind):
            logger.warning(
                "Handler blocks a shared thread; mark its kind as blocking", metadata: ["job.kind": "\(kind)"])
        case .sourceFailed(let attempted, let error):
            logger.error("Source failed, trying again", metadata: ["attempted": "\(attempted)", "error": "\(error)"])
        case .leaseGivenUp(let id):
            logger.error("Lease given up, everything stopped", metadata: ["worker.id": "\(id)"])
        case .machineTroubled(let trouble):
            logger.error(
                "The machine lets attempts down; they are handed back, and nothing is claimed until that has passed",
                metadata: ["resource": "\(trouble.resource.rawValue)", "problem": "\(trouble)"])
        case .machineRecovered: logger.notice("The machine's trouble has passed")
        case .draining(let id, let running):
            logger.info("Worker drains", metadata: ["worker.id": "\(id)", "worker.running": "\(running)"])
        case .ended(let id): logger.info("Worker ended", metadata: ["worker.id": "\(id)"])
        }
    }

    private func recorded(_ job: Job, _ report: AttemptReport) {
        // The metadata are put together only for a log that takes them.
        switch report {
        case .failed(let failure), .timedOut(let failure):
            logger.info("Attempt failed", metadata: metadata(of: job, and: ["job.error": "\(failure.kind)"]))
        case .succeeded, .skipped, .snoozed, .handedBack:
            logger.debug(
                "Attempt ended", metadata: metadata(of: job, and: ["attempt.end": "\(report.end.name.rawValue)"]))
        }
    }

    private func metadata(of job: Job, and more: Logger.Metadata = [:]) -> Logger.Metadata {
        let metadata: Logger.Metadata = [
            "job.id": "\(job.id)", "job.kind": "\(job.kind)", "job.attempt": "\(job.attempts)",
            "job.queue": "\(job.queue)", "job.state": "\(job.state.name.rawValue)",
        ]
        return metadata.merging(more) { _, new in new }
    }
}
