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

    private func planCommit() {
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
        case .report(let changes):
            let taken = mutant == .acceptsStaleReports ? changes.map(withPresentFence) : changes
            let before = changes.map { server.model.job($0.id) }
            let answers = changed(try server.model.apply(taken, at: moment))
            try checker.reported(changes, answers, before: before, seen: &seen)
            return .reported(answers)
        case .renew(let worker, let lease, let holds):
            return .renewed(changed(try server.model.renew(worker, lease: lease, holding: holds, at: moment)))
        case .register(let record, let lease):
            changed(server.model.register(record, lease: lease, at: moment))
            return .done
        case .start(let submission):
            let answer = changed(try server.model.start(submission, at: moment))
            if mutant == .startsStepsEarly { try startEarly(submission.id) }
            return .started(answer)
        case .cancelWorkflow(let id):
            if changed(try server.model.cancelWorkflow(id, reason: "test", at: moment)) != nil {
                seen.insert(.workflowCancelled)
            }
            return .done
        case .set(let settings, let queue):
            changed(server.model.set(settings, for: queue))
            return .done
        }
    }

    private func submit(_ submissions: [Submission]) throws -> [SubmitAnswer] {
        let before = checker.waitingInBoundedQueue(server.model)
        let settings = server.model.settings(of: "default")
        if mutant == .ignoresCapacity { _ = server.model.set(QueueSettings(), for: "default") }
        let taken = mutant == .forgetsKeys ? submissions.map(withoutKey) : submissions
        let answers = changed(try server.model.submit(taken, at: moment))
        if mutant == .ignoresCapacity { _ = server.model.set(settings, for: "default") }
        try checker.submitted(submissions, answers, seen: &seen)
        try checker.bounded(before, checker.waitingInBoundedQueue(server.model))
        return answers
    }

    private func claim(_ request: ClaimRequest) throws -> [Job] {
        let expected = checker.expectation(of: request, in: server.model, at: moment)
        let settings = server.model.settings(of: "default")
        if mutant == .ignoresPause { _ = server.model.set(QueueSettings(), for: "default") }
        var taken = request
        if mutant == .servesQueuesBackwards {
            taken.offer = ClaimRule.Offer(kinds: request.offer.kinds, queues: request.offer.queues.reversed())
        }
        let jobs = changed(try server.model.claim(taken, at: moment))
        if mutant == .ignoresPause { _ = server.model.set(settings, for: "default") }
        try checker.claimed(jobs, expected, at: moment)
        return jobs
    }

    private func changed<Answer>(_ effect: MemoryModel.Effect<Answer>) -> Answer {
        server.wakes += effect.wakes
        checker.noticed(effect.wakes, in: server.model)
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
        _ = changed(try server.model.apply([change], at: moment))
    }
}

extension World {
    // MARK: Commits, ticks, faults

    func commit() throws(Violation) {
        guard server.isUp, server.isCommitting else { return }
        server.isCommitting = false
        server.before = server.durable
        server.durable = server.model
        try checker.committed(server.model, server.wakes, seen: &seen)
        for case .job(let id) in server.wakes {
            trace.add(id.uuid.low ^ UInt64(bitPattern: checker.last[id]?.fence ?? 0))
        }
        for (node, id, reply) in server.waiting { answer(reply, to: node, id: id) }
        server.waiting = []
        if server.wakes.contains(.work), mutant != .losesWakeUps {
            for index in workers.indices { timeline.plan(.wake(worker: index), at: now + network.pick(50...1_000)) }
        }
        for (index, worker) in workers.enumerated() where server.wakes.contains(.worker(worker.id)) {
            timeline.plan(.wake(worker: index), at: now + network.pick(50...1_000))
        }
        server.wakes = []
    }

    func serverTick() throws(Violation) {
        timeline.plan(.serverTick, at: now + 50_000)
        guard server.isUp, now >= server.pausedUntil else { return }
        let gap = now - server.lastTick
        server.lastTick = now
        // As the Rescuer: after a gap in its own ticks everybody gets a lease's time before anything is taken away.
        if gap > plan.leaseMicroseconds / 2, mutant != .sweepsAtOnce {
            server.sweepClosedUntil = now + plan.leaseMicroseconds
        }
        do {
            var sweepAt = moment
            if mutant == .leasesByWallClock {
                sweepAt = Moment(store: StoreTime(microseconds: moment.wall.microseconds), wall: moment.wall)
            }
            var promoteAt = moment
            if mutant == .promotesEarly {
                promoteAt = Moment(store: moment.store + .milliseconds(300), wall: moment.wall)
            }
            let promoted = changed(try server.model.promote(upTo: 100, at: promoteAt)).promoted
            var swept = 0
            if now >= server.sweepClosedUntil {
                let before = server.model
                let effect = try server.model.sweep(upTo: 100, at: sweepAt)
                swept = changed(effect)
                try checker.swept(
                    effect.wakes, before: before, after: server.model, at: moment, isGrace: now < server.graceUntil,
                    seen: &seen)
            }
            if promoted + swept > 0 { planCommit() }
        } catch let error as Violation {
            throw error
        } catch {
            throw Violation(.jobIsSound, "\(error)")
        }
        try watchStarvation()
    }

    /// Long after the faults, when every queue is open and every answer arrives, work and a free slot meet soon: a
    /// worker that gave up asking asks again within 10 s.
    private func watchStarvation() throws(Violation) {
        let hasRoom = workers.contains { $0.isUp && $0.register == nil && $0.loop.held < $0.slots }
        guard now > plan.faultsEnd + 13_000_000, hasRoom, !checker.ready.isEmpty else {
            server.starvingSince = nil
            return
        }
        let since = server.starvingSince ?? now
        server.starvingSince = since
        if now - since > 12_000_000 { throw Violation(.nothingStarves, "\(checker.ready.sorted())") }
    }

    func serverPause(_ length: Int64) {
        guard server.isUp else { return }
        server.pausedUntil = max(server.pausedUntil, now + length)
        grace(after: server.pausedUntil - now, from: server.pausedUntil)
    }

    func serverStart() {
        server.isUp = true
        if let since = server.downSince { grace(after: now - since, from: now) }
        server.downSince = nil
    }

    /// After an absence well over half a lease everybody has a lease's time to say that they live.
    private func grace(after absence: Int64, from end: Int64) {
        guard absence > plan.leaseMicroseconds / 2 + 100_000 else { return }
        server.graceUntil = max(server.graceUntil, end + plan.leaseMicroseconds)
    }

    /// Everything since the last commit is gone, and nobody was told of it. Commits are short and a crash at any time would
    /// seldom meet one, so half of the crashes wait for one.
    func serverCrash() throws(Violation) {
        guard server.isUp else { return }
        if !server.isCommitting, faults.chance(0.5) {
            server.crashesBeforeCommit = true
            return
        }
        if server.isCommitting { seen.insert(.rolledBack) }
        server.model = mutant == .losesLastCommit ? server.before : server.durable
        server.durable = server.model
        server.waiting = []
        server.wakes = []
        server.isCommitting = false
        server.isUp = false
        server.downSince = now
        try checker.rolledBack(to: server.model)
        timeline.plan(.serverStart, at: now + faults.pick(1_000...1_500_000))
    }
}
