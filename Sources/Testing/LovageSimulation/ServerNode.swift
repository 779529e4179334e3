import LovageCore
import LovageMemoryStore
import LovageStore
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
        if mutant == .answersBeforeCommit { answer(reply, to: node, id: id) } else { server.waiting.append((node, id, reply)) }
        if !server.isCommitting {
            server.isCommitting = true
            timeline.plan(.commit, at: now + faults.pick(50...4_000))
        }
    }

    private func carryOut(_ request: Request) throws -> Reply {
        switch request {
        case .submit(let submissions):
            let answers = changed(try server.model.submit(submissions, at: moment))
            try checker.submitted(submissions, answers, seen: &seen)
            return .submitted(answers)
        case .claim(let request):
            let before = server.model
            if mutant == .ignoresPause { _ = server.model.set(QueueSettings(), for: "default") }
            let jobs = changed(try server.model.claim(request, at: moment))
            if mutant == .ignoresPause { _ = server.model.set(before.settings(of: "default"), for: "default") }
            try checker.claimed(jobs, request, before: before, at: moment)
            return .claimed(jobs)
        case .report(let changes):
            let taken = mutant == .acceptsStaleReports ? changes.map(withPresentFence) : changes
            let before = server.model
            let answers = changed(try server.model.apply(taken, at: moment))
            try checker.reported(changes, answers, before: before, seen: &seen)
            return .reported(answers)
        case .renew(let worker, let lease, let holds):
            return .renewed(changed(try server.model.renew(worker, lease: lease, holding: holds, at: moment)))
        case .register(let record, let lease):
            changed(server.model.register(record, lease: lease, at: moment))
            return .done
        case .start(let submission):
            return .started(changed(try server.model.start(submission, at: moment)))
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

    /// The planted bug: a report under whatever fence the job has.
    private func withPresentFence(_ change: JobChange) -> JobChange {
        guard case .reported(_, let report, let entropy) = change.event, let job = server.model.job(change.id) else {
            return change
        }
        return JobChange(change.id, .reported(fence: job.fence, report, entropy: entropy))
    }

    private func changed<Answer>(_ effect: MemoryModel.Effect<Answer>) -> Answer {
        server.wakes += effect.wakes
        return effect.answer
    }

    func commit() throws(Violation) {
        guard server.isUp, server.isCommitting else { return }
        server.isCommitting = false
        server.before = server.durable
        server.durable = server.model
        try checker.committed(server.model, at: moment, seen: &seen)
        for (node, id, reply) in server.waiting { answer(reply, to: node, id: id) }
        server.waiting = []
        if server.wakes.contains(.work) {
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
        if gap > plan.leaseMicroseconds / 2 { server.sweepClosedUntil = now + plan.leaseMicroseconds }
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
                swept = changed(try server.model.sweep(upTo: 100, at: sweepAt))
                checker.swept(before: before, after: server.model, seen: &seen)
            }
            if promoted + swept > 0, !server.isCommitting {
                server.isCommitting = true
                timeline.plan(.commit, at: now + faults.pick(50...4_000))
            }
        } catch {
            throw Violation(.jobIsSound, "\(error)")
        }
    }

    /// Everything since the last commit is gone, and nobody was told of it.
    func serverCrash() {
        guard server.isUp else { return }
        if server.isCommitting { seen.insert(.rolledBack) }
        server.model = mutant == .losesLastCommit ? server.before : server.durable
        server.durable = server.model
        server.waiting = []
        server.wakes = []
        server.isCommitting = false
        server.isUp = false
        checker.rolledBack(to: server.model)
        timeline.plan(.serverStart, at: now + faults.pick(1_000...1_500_000))
    }
}
