import LovageCore
import LovageStore

/// Who sends and receives.
enum Node: Hashable {
    case client(Int)
    case worker(Int)
    case person
}

/// What a node asks the server for.
enum Request {
    case submit([Submission])
    case claim(ClaimRequest)
    case report([JobChange])
    case reportAndClaim([JobChange], ClaimRequest)
    case renew(WorkerID, Duration, [Hold])
    case register(WorkerRecord, Duration)
    case retire(WorkerID)
    case start(WorkflowSubmission)
    case cancelWorkflow(WorkflowID, cleanup: Bool)
    case set(QueueSettings, QueueName)
}

/// What the server answers, after the commit that holds it.
enum Reply {
    case submitted([SubmitAnswer])
    case claimed([Job])
    case reported([ChangeAnswer])
    case reportedAndClaimed(NextWork)
    case renewed([Hold])
    case started(WorkflowAnswer)
    case done
}

/// What may happen in the world.
enum Happening {
    case request(from: Node, id: Int, Request)
    case reply(to: Node, id: Int, Reply)
    case wake(worker: Int)
    case commit
    case serverTick
    case serverCrash
    case serverStart
    case serverPause(Int64)
    case wallJump(Int64)
    case client(Int, ClientStep)
    case worker(Int, life: Int, WorkerStep)
    case workerCrash(Int)
    case workerStop(Int)
    case workerPause(Int, Int64)
    case person(PersonStep)
}

enum ClientStep {
    case submitNext
    case timeout(request: Int)
}

enum WorkerStep {
    case begin
    case heartbeat
    case leaseCheck
    /// The time of a job has come that was claimed ahead of it.
    case reached(JobID, fence: Int64)
    case ended(JobID, fence: Int64)
    case timeout(request: Int)
    case retryClaim
    case resume
}

enum PersonStep {
    case cancelSome
    case retrySome
    case pauseQueue
    case resumeQueue
    case startWorkflow(Int)
    case cancelSomeWorkflow
    case timeout(request: Int)
}
