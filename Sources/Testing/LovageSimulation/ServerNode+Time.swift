import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker

extension World {
    // MARK: Commits, ticks, faults

    func commit() throws(Violation) {
        guard server.isUp, server.isCommitting else { return }
        server.isCommitting = false
        server.before = server.durable
        server.durable = server.model
        try checker.committed(server.model, server.wakes, at: moment, seen: &seen)
        if checker.isFullLook { try tryOnCopies() }
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
            let promotion = try changed(server.model.promote(upTo: 100, at: promoteAt))
            let promoted = promotion.promoted
            server.ticks += 1
            let looksClosely = server.ticks.isMultiple(of: 8) && mutant == nil
            if looksClosely, promoted < 100 { try checker.checkPromotion(promotion, at: moment) }
            var swept = 0
            if now >= server.sweepClosedUntil {
                let before = server.model
                let effect = try server.model.sweep(upTo: 100, at: sweepAt)
                try checker.swept(
                    effect.wakes, before: before, after: server.model, at: moment, isGrace: now < server.graceUntil,
                    seen: &seen)
                swept = try changed(effect)
                if looksClosely, swept < 100 { try checker.checkTimes(server.model, sweptAt: moment) }
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
        guard now > plan.faultsEnd + 13_000_000, workers.contains(where: hasRoom) else {
            server.starvingSince = nil
            return
        }
        let since = server.starvingSince ?? now
        server.starvingSince = since
        if now - since > 12_000_000 { throw Violation(.nothingStarves, "\(checker.ready.sorted())") }
    }

    /// True when a slot is free that could take something.
    private func hasRoom(_ worker: WorkerNode) -> Bool {
        guard worker.isUp, worker.register == nil, worker.loop.held < worker.slots else { return false }
        let offer = offer(of: worker.index)
        return checker.ready.contains { id in
            checker.current[id].map { offer.kinds.contains($0.kind) && offer.queues.contains($0.queue) } ?? false
        }
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
