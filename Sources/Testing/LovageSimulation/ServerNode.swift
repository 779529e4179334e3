import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker
import LovageWorkflow

/// The server and its store.
struct ServerNode {
    var model = MemoryModel()
    var durable = MemoryModel()
    var before = MemoryModel()
    var isUp = true
    var pausedUntil: Int64 = 0
    /// Replies and wake-ups that wait for the commit.
    var waiting: [(to: Node, id: Int, reply: Reply)] = []
    var wakes: [WakeTopic] = []
    var isCommitting = false
    var lastTick: Int64 = 0
    var sweepClosedUntil: Int64 = 0
    var ticks = 0
    /// It crashes at the next moment between a change and its commit.
    var crashesBeforeCommit = false
    /// Since when it is down; nil while it is up.
    var downSince: Int64?
    /// By the world's account, until when nobody's lease may be taken because the server was away.
    var graceUntil: Int64 = 0
    /// Since when a ready job and a free slot have not found each other.
    var starvingSince: Int64?
}

extension World {
    func serve(_ request: Request, id: Int, from node: Node) throws(Violation) {
        guard server.isUp else { return }
        if now < server.pausedUntil {
            timeline.plan(.request(from: node, id: id, request), at: server.pausedUntil + Int64(id % 50))
            return
        }
        let reply: Reply
        do {
            reply = try carryOut(request)
        } catch let error as Violation {
            throw error
        } catch {
            throw Violation(.jobIsSound, "\(error)")
        }
        if mutant == .answersBeforeCommit {
            answer(reply, to: node, id: id)
        } else {
            server.waiting.append((node, id, reply))
        }
        planCommit()
    }

    func planCommit() {
        guard !server.isCommitting else { return }
        server.isCommitting = true
        let time = now + faults.pick(50...4_000)
        timeline.plan(.commit, at: time)
        guard server.crashesBeforeCommit, hasFaults else { return }
        server.crashesBeforeCommit = false
        timeline.plan(.serverCrash, at: time - 1)
    }

    private func carryOut(_ request: Request) throws -> Reply {
        switch request {
        case .submit(let submissions): return .submitted(try submit(submissions))
        case .claim(let request): return .claimed(try claim(request))
        case .report(let changes): return .reported(try report(changes))
        case .reportAndClaim(let changes, let request):
            return .reportedAndClaimed(NextWork(answers: try report(changes), jobs: try claim(request)))
        case .renew(let worker, let lease, let holds): return .renewed(try renew(worker, lease, holds))
        case .register(let record, let lease):
            checker.lives(record.id, for: lease, isRegistering: true, at: moment)
            try changed(server.model.register(record, lease: lease, at: moment))
            return .done
        case .retire(let worker):
            checker.leases[worker] = nil
            try changed(server.model.retire(worker, at: moment))
            return .done
        case .start(let submission):
            let answer = try changed(server.model.start(submission, at: moment))
            if mutant == .startsStepsEarly { try startEarly(submission.id) }
            return .started(answer)
        case .cancelWorkflow(let id, let cleanup):
            if try changed(server.model.cancelWorkflow(id, reason: "test", cleanup: cleanup, at: moment)) != nil {
                seen.insert(.workflowCancelled)
            }
            return .done
        case .set(let settings, let queue):
            let wasPaused = server.model.settings(of: queue).isPaused
            let effect = server.model.set(settings, for: queue)
            if wasPaused, !settings.isPaused, !effect.wakes.contains(.work) {
                throw Violation(.changesAreTold, "\(queue) is open again and no worker was told")
            }
            try changed(effect)
            return .done
        }
    }

    private func submit(_ submissions: [Submission]) throws -> [SubmitAnswer] {
        let settings = server.model.settings(of: "default")
        if mutant == .ignoresCapacity { _ = server.model.set(QueueSettings(), for: "default") }
        let taken = mutant == .forgetsKeys ? submissions.map(withoutKey) : submissions
        let effect = try server.model.submit(taken, at: moment)
        if mutant == .ignoresCapacity { _ = server.model.set(settings, for: "default") }
        try checker.submitted(submissions, effect.answer, in: server.model, at: moment, seen: &seen)
        return try changed(effect)
    }

    private func report(_ changes: [JobChange]) throws -> [ChangeAnswer] {
        let taken = mutant == .acceptsStaleReports ? changes.map(withPresentFence) : changes
        let before = changes.map { server.model.job($0.id) }
        let answers = try changed(server.model.apply(taken, at: moment))
        try checker.reported(changes, answers, before: before, in: server.model, at: moment, seen: &seen)
        return answers
    }

    private func renew(_ worker: WorkerID, _ lease: Duration, _ holds: [Hold]) throws -> [Hold] {
        var before: [JobID: Job] = [:]
        for id in checker.running { before[id] = server.model.job(id) }
        checker.lives(worker, for: lease, at: moment)
        let lost = try changed(server.model.renew(worker, lease: lease, holding: holds, at: moment))
        try checker.renewed(worker, lease, holds, lost: lost, before: before, in: server.model, at: moment)
        return lost
    }

    private func claim(_ request: ClaimRequest) throws -> [Job] {
        let expected = checker.expectation(of: request, in: server.model, at: moment)
        let settings = server.model.settings(of: "default")
        if mutant == .ignoresPause { _ = server.model.set(QueueSettings(), for: "default") }
        var taken = request
        if mutant == .servesQueuesBackwards {
            taken.offer = ClaimRule.Offer(kinds: request.offer.kinds, queues: request.offer.queues.reversed())
        }
        let jobs = try changed(server.model.claim(taken, at: moment))
        if mutant == .ignoresPause { _ = server.model.set(settings, for: "default") }
        try checker.claimed(jobs, request, expected, in: server.model, at: moment)
        return jobs
    }

    @discardableResult
    func changed<Answer>(_ effect: MemoryModel.Effect<Answer>) throws(Violation) -> Answer {
        server.wakes += effect.wakes
        try checker.noticed(effect.wakes, in: server.model, at: moment)
        return effect.answer
    }

    // MARK: Planted bugs

    /// A report under whatever fence the job has.
    private func withPresentFence(_ change: JobChange) -> JobChange {
        guard case .reported(_, let report, let entropy) = change.event, let job = server.model.job(change.id) else {
            return change
        }
        return JobChange(change.id, .reported(fence: job.fence, report, entropy: entropy))
    }

    private func withoutKey(_ submission: Submission) -> Submission {
        var copy = submission
        copy.options.idempotencyKey = nil
        return copy
    }

    /// Lets a step go that still waits for its needs.
    private func startEarly(_ run: WorkflowID) throws {
        let jobs = server.model.jobs(JobFilter(workflow: run), page: PageRequest(limit: 1_000)).items
        guard let job = jobs.first(where: { $0.state == .suspended(.needs) }) else { return }
        let change = JobChange(job.id, .needsSettled(.run(JSONValue.object([]).text())))
        try changed(server.model.apply([change], at: moment))
    }
}
