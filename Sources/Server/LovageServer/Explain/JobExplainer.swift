#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorker
import LovageWorkflow

/// Says in sentences what the claim rule says of a job.
struct JobExplainer: Sendable {
    let store: any Store
    /// What keeps the worker of this process from starting anything; nil when nothing does.
    var trouble: MachineCondition.Spell?

    /// Why the job runs, waits or is over. Complexity: O(workers + ready jobs of its queue, which are only counted).
    func explain(_ job: Job) async throws -> ExplainView {
        let settings = try await store.settings(of: job.queue)
        let workers = try await store.workers()
        let now = store.now()
        let verdict = ClaimRule.verdict(on: job, settings: settings, offers: workers.map(\.record.offer), at: now)
        let ahead = job.state == .ready ? try await store.ahead(of: job) : nil
        switch verdict {
        case .mayRun:
            if let trouble { return Self.held(job, by: trouble, ahead) }
            return ExplainView(
                id: job.id, state: job.state.name, mayRun: true, summary: Self.turn(job, ahead ?? 0, workers),
                reasons: [],
                ahead: ahead)
        case .waits(let causes):
            var reasons: [ReasonView] = []
            for cause in causes { reasons.append(try await reason(cause, job, workers, at: now)) }
            return ExplainView(
                id: job.id, state: job.state.name, mayRun: false,
                summary: reasons.map(\.message).joined(separator: "; "), reasons: reasons, ahead: ahead)
        }
    }

    private static func turn(_ job: Job, _ ahead: Int, _ workers: [WorkerOverview]) -> String {
        let able = workers.filter {
            $0.record.offer.kinds.contains(job.kind) && $0.record.offer.queues.contains(job.queue)
        }
        let free = able.reduce(0) { $0 + max(0, $1.record.slots - $1.running) }
        let slots = able.reduce(0) { $0 + $1.record.slots }
        let turn =
            switch ahead {
            case 0: "it is the next of its queue"
            case 1: "1 job stands before it in its queue"
            default: "\(ahead) jobs stand before it in its queue"
            }
        return "it may run now: \(turn), and \(free) of \(slots) slots that can take it are free"
    }

    private func reason(_ cause: ClaimRule.WaitReason, _ job: Job, _ workers: [WorkerOverview], at now: Moment)
        async throws
        -> ReasonView
    {
        switch cause {
        case .suspended(let suspension): return try await reason(suspension, job, at: now)
        case .blocked(.limit(let name)): return ReasonView("limit", "the limit '\(name)' is used up")
        case .blocked(.resource(let name)): return ReasonView("resource", "the resource '\(name)' is taken")
        case .running(let id):
            let name = workers.first { $0.record.id == id }?.record.name ?? id.description
            return ReasonView("running", "attempt \(job.attempts) runs on worker \(name)")
        case .finished(let outcome):
            return ReasonView("finished", Self.end(outcome, of: job), hint: Self.output(of: job))
        case .queuePaused(let queue):
            return ReasonView("queue_paused", "queue \(queue) is paused", hint: "lovage queue resume \(queue)")
        case .startWindowPassed:
            return ReasonView("start_window_passed", "\(Self.startWindow(job)); within a second it ends as expired")
        case .deadlinePassed:
            return ReasonView("deadline_passed", "\(Self.deadline(job)); within a second it fails with deadline")
        case .noWorkerForKind(let kind):
            let kinds = workers.offeredKinds.map(\.text).sorted()
            let near = DidYouMean.nearest(to: kind.text, among: kinds).map { "did you mean '\($0)'? Otherwise " } ?? ""
            let who = workers.isEmpty ? "no worker is alive" : "no live worker has a handler for the kind \(kind)"
            return ReasonView("no_worker_for_kind", who, hint: near + WorkerAdvice(workers).toRun(kind))
        case .noWorkerForQueue(let queue):
            return ReasonView(
                "no_worker_for_queue", "no live worker that runs the kind \(job.kind) takes from queue \(queue)",
                hint: WorkerAdvice(workers).toTake(from: queue))
        }
    }

    /// Where to read more of a failure.
    private static func output(of job: Job) -> String? { job.failure == nil ? nil : "lovage logs \(job.id)" }

    /// How it ended, and for a limit which one it was.
    private static func end(_ outcome: Outcome, of job: Job) -> String {
        let why = outcome.reason.map { " (\($0))" } ?? ""
        switch outcome {
        case .succeeded: return "it succeeded"
        case .failed(.deadline): return "it failed\(why): \(deadline(job))"
        case .failed:
            let what = job.failure.map { ": \($0.sentence.prefix(500))" } ?? ""
            return "it failed\(why)\(what)"
        case .cancelled: return "it was cancelled\(why)"
        case .expired: return "it expired: \(startWindow(job))"
        case .skipped: return "it was skipped\(why)"
        }
    }

    private static func startWindow(_ job: Job) -> String {
        guard let limit = job.options.startWithin else { return "it did not start in time" }
        return "it did not start within \(seconds(limit)) of its submission (startWithin), by "
            + RFC3339.text((job.submitted.store + limit).microseconds)
    }

    private static func deadline(_ job: Job) -> String {
        guard let limit = job.options.deadline else { return "its deadline is over" }
        return "its deadline of \(seconds(limit)) after its submission, at "
            + "\(RFC3339.text((job.submitted.store + limit).microseconds)), is over"
    }

    private static func seconds(_ limit: Duration) -> String {
        let microseconds = limit.wholeMicroseconds
        return microseconds % 1_000_000 == 0 ? "\(microseconds / 1_000_000) s" : "\(microseconds / 1_000) ms"
    }

    private func reason(_ suspension: Suspension, _ job: Job, at now: Moment) async throws -> ReasonView {
        switch suspension {
        case .until(let due):
            return ReasonView("delayed", "it is delayed until \(Self.moment(due.microseconds, due - now.store))")
        case .at(let due):
            return ReasonView("scheduled", "it is to start at \(Self.moment(due.microseconds, due - now.wall))")
        case .signal(let name): return ReasonView("signal", "it waits for the signal '\(name)'")
        case .retry(let due):
            let what = job.failure.map { " (\($0.sentence.prefix(500)))" } ?? ""
            return ReasonView(
                "retry",
                "attempt \(job.attempts) did not succeed\(what); the next one starts at "
                    + Self.moment(due.microseconds, due - now.store), hint: Self.output(of: job))
        case .merged:
            let other = job.standIn?.description ?? "another"
            return ReasonView(
                "merged", "the job \(other) has the same unique arguments and stands for it",
                hint: "lovage explain \(other)")
        case .needs:
            let open = try await openNeeds(of: job)
            return ReasonView(
                "needs",
                open.isEmpty
                    ? "its workflow has not decided yet whether it runs"
                    : "it waits for \(open.count == 1 ? "the step" : "the steps") \(open.joined(separator: ", "))",
                hint: job.membership.map { "lovage explain \($0.workflow)" })
        }
    }

    /// The steps a member waits for that are not over.
    private func openNeeds(of job: Job) async throws -> [String] {
        guard let membership = job.membership, let run = try await store.workflow(membership.workflow),
            case .workflow(let workflow) = try await store.definition(
                .workflow, named: run.definition.name, version: run.definition.version)?.definition,
            let step = workflow.steps.first(where: { $0.name == membership.step })
        else { return [] }
        let over = Set(run.steps.filter(\.isFinished).map(\.name))
        return step.needs.filter { !over.contains($0) }
    }

    /// A moment, and how long it is until then.
    private static func moment(_ microseconds: Int64, _ left: Duration) -> String {
        let seconds = max(0, left.wholeMicroseconds / 1_000_000)
        let wait =
            switch seconds {
            case 0..<120: "\(seconds) s"
            case 120..<7_200: "\(seconds / 60) min"
            case 7_200..<172_800: "\(seconds / 3_600) h"
            default: "\(seconds / 86_400) days"
            }
        return "\(RFC3339.text(microseconds)) (in \(wait))"
    }
}
#endif
