import LovageCore
import LovageWorkflow

// To add an operation: add its route here, its handler in LovageServer, its method in LovageRemote. A test fails while
// one of them is missing.

extension Route {
    private static func one(_ schema: ObjectSchema, _ statuses: Int...) -> Answer {
        .object(schema, statuses: statuses.isEmpty ? [200] : statuses)
    }

    private static let limit = Query(
        "limit", .integer(1...1_000), "How many items at most: 50. A page is shorter when it gets too long in bytes.")
    private static let after = Query("after", .text(format: "uuid"), "The `next` of the page before.")
    private static let since = Query("since", .time, "Only those submitted at this moment or later.")
    private static let timeout = Query("timeout", .measure(0...60), "How many seconds to wait at most, up to 60: 30.")

    package static let submit = Route(
        "submitJob", .post, "/jobs", "Submit one job; answers after the commit that holds it.",
        request: SubmitRequest.schema, answer: one(SubmitView.schema, 201, 200),
        errors: [.invalidArguments, .unknownKind, .unknownQueue, .keyConflict, .queueFull, .tooManyWaits])
    package static let submitMany = Route(
        "submitJobs", .post, "/jobs/bulk", "Submit up to 1,000 jobs in one commit; a refusal touches no other job.",
        request: BulkRequest.schema, answer: one(BulkView.schema),
        errors: [.invalidArguments, .unknownKind, .unknownQueue])
    package static let jobs = Route(
        "listJobs", .get, "/jobs", "List jobs, newest first.",
        query: [
            Query("queue", .name, "Only this queue."),
            Query("kind", .name, "Only this kind."),
            Query("state", .word(JobState.Name.allCases.map(\.rawValue)), "Only this state."),
            Query("outcome", .word(Outcome.Name.allCases.map(\.rawValue)), "Only this outcome."),
            Query("workflow", .id, "Only members of this run."),
            Query("status", .text(), "Only jobs whose status has this name."),
            Query(
                "include", .text(),
                "`arguments`, `result` or both with a comma: whole ones, where a list leaves out those longer than 1 KiB."
            ),
            since, limit, after,
        ], answer: one(PageView<JobView>.schema))
    package static let job = Route(
        "getJob", .get, "/jobs/{id}", "Get one job.", answer: one(JobView.schema), errors: [.unknownJob])
    package static let waitForJob = Route(
        "waitForJob", .get, "/jobs/{id}/wait",
        "Wait until the job is finished, or the time is over: the state of the answer says which.",
        query: [timeout], answer: one(JobView.schema), errors: [.unknownJob, .tooManyWaits])
    package static let attempts = Route(
        "listAttempts", .get, "/jobs/{id}/attempts", "List the attempts of a job, oldest first.",
        answer: one(AttemptsView.schema), errors: [.unknownJob])
    package static let cancelJob = Route(
        "cancelJob", .post, "/jobs/{id}/cancel",
        "Cancel a job; in effect when answered. A finished job is left as it is.", request: CancelRequest.schema,
        isBodyOptional: true, answer: one(JobView.schema), errors: [.unknownJob])
    package static let retryJob = Route(
        "retryJob", .post, "/jobs/{id}/retry",
        "Run a finished job again, as a new generation, in the version of its command that it ran or in the newest.",
        request: RetryRequest.schema, isBodyOptional: true, answer: one(JobView.schema),
        errors: [.unknownJob, .notRetryable, .invalidArguments])
    package static let logs = Route(
        "getLogs", .get, "/jobs/{id}/logs",
        "The output of an attempt; with follow=true as Server-Sent Events until the attempt ends.",
        query: [
            Query("attempt", .integer(1...Int.max), "Which attempt: the last one."),
            Query("follow", .boolean, "Go on until the attempt ends, as events: false."),
        ], answer: .text(mediaType: "text/plain", events: [LogPieceView.schema, LogEndView.schema]),
        errors: [.unknownJob, .unknownAttempt, .tooManyWaits])
    package static let explainJob = Route(
        "explainJob", .get, "/jobs/{id}/explain", "Why a job runs, waits or is over.",
        answer: one(ExplainView.schema), errors: [.unknownJob])

    package static let run = Route(
        "runWorkflow", .post, "/workflows", "Start a run of a workflow.", request: RunRequest.schema,
        answer: one(WorkflowView.schema, 201), errors: [.unknownDefinition, .invalidArguments])
    package static let workflows = Route(
        "listWorkflows", .get, "/workflows", "List runs, newest first.",
        query: [
            Query("name", .name, "Only runs of this workflow."),
            Query("state", .word(RunView.State.allCases.map(\.rawValue)), "Only this state."),
            Query("outcome", .word(WorkflowOutcome.allCases.map(\.rawValue)), "Only this outcome."),
            since, limit, after,
        ], answer: one(PageView<RunView>.schema))
    package static let workflow = Route(
        "getWorkflow", .get, "/workflows/{id}", "Get one run with its steps.", answer: one(WorkflowView.schema),
        errors: [.unknownWorkflow])
    package static let waitForWorkflow = Route(
        "waitForWorkflow", .get, "/workflows/{id}/wait",
        "Wait until the run is finished, or the time is over: the state of the answer says which.",
        query: [timeout], answer: one(WorkflowView.schema), errors: [.unknownWorkflow, .tooManyWaits])
    package static let cancelWorkflow = Route(
        "cancelWorkflow", .post, "/workflows/{id}/cancel",
        "Cancel a run and every job of it that is not over. Its failure branches then run, unless cleanup is false.",
        request: RunCancelRequest.schema, isBodyOptional: true, answer: one(WorkflowView.schema),
        errors: [.unknownWorkflow])
    package static let retryWorkflow = Route(
        "retryWorkflow", .post, "/workflows/{id}/retry",
        "Run every job of a run again that failed or was cancelled, and what waits for them.",
        request: RetryRequest.schema, isBodyOptional: true, answer: one(RunRetryView.schema),
        errors: [.unknownWorkflow, .notRetryable, .invalidArguments])
    package static let explainWorkflow = Route(
        "explainWorkflow", .get, "/workflows/{id}/explain", "What a run waits for.",
        answer: one(RunExplainView.schema), errors: [.unknownWorkflow])

    package static let definitions = Route(
        "listDefinitions", .get, "/definitions", "The newest version of every definition.",
        answer: one(DefinitionsView.schema))
    package static let apply = Route(
        "applyDefinitions", .post, "/definitions",
        "Store definitions and scripts, all or none; reports every problem at once. The body may have 32 MiB.",
        request: ApplyRequest.schema, answer: one(ApplyView.schema), errors: [.invalidDefinition, .notSupported])
    package static let definition = Route(
        "getDefinition", .get, "/definitions/{sort}/{name}", "Get one definition.",
        query: [Query("version", .integer(1...Int.max), "Which version: the newest.")],
        answer: one(DefinitionView.schema), errors: [.unknownDefinition])
    package static let graph = Route(
        "getGraph", .get, "/definitions/workflow/{name}/graph", "The graph of a workflow, for drawing.",
        answer: one(GraphView.schema), errors: [.unknownDefinition])

    package static let queues = Route(
        "listQueues", .get, "/queues", "List queues by name.", answer: one(QueuesView.schema))
    package static let queue = Route(
        "getQueue", .get, "/queues/{name}", "Get one queue; one that nobody has used is empty.",
        answer: one(QueueView.schema))
    package static let changeQueue = Route(
        "changeQueue", .patch, "/queues/{name}", "Change the bounds of a queue.", request: QueueChange.schema,
        answer: one(QueueView.schema))
    package static let pauseQueue = Route(
        "pauseQueue", .post, "/queues/{name}/pause", "Claim nothing from a queue; what runs goes on.",
        answer: one(QueueView.schema))
    package static let resumeQueue = Route(
        "resumeQueue", .post, "/queues/{name}/resume", "Claim from a queue again.", answer: one(QueueView.schema))
    package static let purgeQueue = Route(
        "purgeQueue", .post, "/queues/{name}/purge", "Cancel every waiting job of a queue.",
        answer: one(PurgeView.schema))
    package static let waitForQueue = Route(
        "waitForQueue", .get, "/queues/{name}/wait",
        "Wait until no job of the queue waits or runs, or the time is over: the counts of the answer say which.",
        query: [timeout], answer: one(QueueView.schema), errors: [.tooManyWaits])

    package static let workers = Route(
        "listWorkers", .get, "/workers", "List live workers, oldest first.", answer: one(WorkersView.schema))
    package static let find = Route(
        "find", .get, "/find/{text}",
        "What an id, its first six characters or more, its last eight, or a name stands for: jobs, runs, workers, queues, "
            + "definitions.", answer: one(FindView.schema), errors: [.unknownID])
    package static let status = Route(
        "getStatus", .get, "/status",
        "One page for people: health, queues, workers, what runs, what waits and why, what failed in the last day.",
        answer: one(StatusPageView.schema))
    package static let health = Route(
        "getHealth", .get, "/health", "Whether the server works and what it promises.",
        answer: one(HealthView.schema))
    package static let live = Route(
        "isLive", .get, "/health/live", "Whether the process answers.", answer: one(ProbeView.schema),
        needsToken: false)
    package static let ready = Route(
        "isReady", .get, "/health/ready", "Whether submissions are taken.", answer: one(ProbeView.schema),
        errors: [.notReady], needsToken: false)

    package static let tokens = Route(
        "listTokens", .get, "/tokens", "List tokens, the oldest first; their texts are not kept.",
        answer: one(TokensView.schema))
    package static let createToken = Route(
        "createToken", .post, "/tokens", "Make a token; its text is in this answer and nowhere else.",
        request: TokenRequest.schema, answer: one(NewTokenView.schema, 201), errors: [.nameTaken, .tooManyTokens])
    package static let revokeToken = Route(
        "revokeToken", .post, "/tokens/{token}/revoke", "Let nobody in by a token any more.",
        answer: one(TokenView.schema), errors: [.unknownToken])

    package static let document = Route(
        "getOpenAPI", .get, "/openapi.json", "This document.", answer: .document)

    /// Every operation.
    package static let all: [Route] = [
        submit, submitMany, jobs, job, waitForJob, attempts, cancelJob, retryJob, logs, explainJob, run, workflows,
        workflow, waitForWorkflow, cancelWorkflow, retryWorkflow, explainWorkflow, definitions, apply, definition,
        graph, queues,
        queue,
        changeQueue, pauseQueue, resumeQueue, purgeQueue, waitForQueue, workers, find, status, health, live, ready,
        tokens, createToken, revokeToken, document,
    ]
}
