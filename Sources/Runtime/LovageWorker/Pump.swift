import LovageCore
import LovageStore

/// Takes signals one at a time, lets the claim loop decide, and does what it says.
struct Pump {
    private let run: WorkerRun
    private var loop: ClaimLoop
    private var busy = 0
    private var isDraining = false
    private var hasGrace = false
    /// The claim under way, which may wait in the source for long.
    private var claim: WorkerRun.Claim?

    init(_ run: WorkerRun) {
        self.run = run
        loop = ClaimLoop(slots: run.worker.configuration.slots)
    }

    mutating func run(in group: inout DiscardingTaskGroup) async {
        carryOut(decide(.woken), &group)
        for await signal in run.signals where !take(signal, &group) { break }
        // Only a cancelled run still has jobs that wait for a slot.
        for job in run.waiting.close() { run.handBack(job) }
        // What is left are waits: for a grace that is no longer needed, for a source that need not be asked again.
        group.cancelAll()
    }

    /// False when the worker holds nothing any more and wants nothing.
    private mutating func take(_ signal: WorkerRun.Signal, _ group: inout DiscardingTaskGroup) -> Bool {
        switch signal {
        case .woken:
            // A claim that waits asks for the kinds there were when it began.
            if let claim, claim.kinds != run.worker.handlers.kinds { claim.ticket.withdraw() }
            return carryOut(decide(.woken), &group)
        case .claimed(let jobs, let starting, let begun):
            claim = nil
            if begun { hasBegun(&group) }
            accept(jobs, starting: starting, &group)
            if begun || !jobs.isEmpty { run.worker.condition.claimed() }
            return carryOut(decide(.claimed(jobs.count + (begun ? 1 : 0))), &group)
        case .claimFailed:
            claim = nil
            return carryOut(decide(.claimFailed), &group)
        case .slotEnded:
            busy -= 1
            startWaiting(&group)
            return true
        case .released(let count, let claimed):
            loop.readAhead = run.waiting.readAhead(slots: loop.slots)
            if claimed > 0 { startWaiting(&group) }
            run.worker.condition.released()
            return carryOut(decide(.released(count, claimed: claimed)), &group)
        case .drain: return drain(&group)
        case .condition(let action): return take(action, &group)
        case .graceOver:
            // Running handlers are cancelled; each hands its job back when it returns.
            run.held.cancelAll()
            return true
        }
    }

    /// Hands back what waits while the machine is in trouble, and looks again after a while.
    private mutating func take(_ action: MachineCondition.Action, _ group: inout DiscardingTaskGroup) -> Bool {
        switch action {
        case .none, .tryOne: break
        case .goOn: run.worker.events(.machineRecovered)
        case .rest(let wait):
            // A job that goes back is ready at once: a claim that still waits would be given it.
            claim?.ticket.withdraw()
            returnWaiting()
            if let spell = run.worker.condition.trouble, spell.failures == 1 {
                run.worker.events(.machineTroubled(spell.trouble))
            }
            group.addTask { [run] in
                if await run.pause(wait) { await run.worker.condition.probe() }
            }
        }
        return carryOut(decide(.woken), &group)
    }

    private func returnWaiting() {
        for job in run.waiting.removeAll() { run.handBack(job) }
    }

    /// What the loop says of `event`, as far as the machine allows.
    private mutating func decide(_ event: ClaimLoop.Event) -> ClaimLoop.Action {
        loop.allowance = run.worker.condition.allowance
        return loop.handle(event)
    }

    @discardableResult
    private mutating func carryOut(_ action: ClaimLoop.Action, _ group: inout DiscardingTaskGroup) -> Bool {
        switch action {
        case .claim(let limit, let starting):
            let claim = WorkerRun.Claim(
                limit: limit, starting: starting, queues: run.drawQueues(), kinds: run.worker.handlers.kinds)
            self.claim = claim
            run.startClaim(claim, in: &group)
        case .wait(let duration):
            group.addTask { [run] in
                if await run.pause(duration) { run.signal.yield(.woken) }
            }
        case .rest: break
        case .finish: return false
        }
        return true
    }

    private mutating func accept(_ jobs: [Job], starting: Int, _ group: inout DiscardingTaskGroup) {
        for (index, job) in jobs.enumerated() {
            if run.worker.condition.isResting {
                run.handBack(job)
            } else if index < starting, !isDraining {
                start(job, &group)
            } else if !run.waiting.append(job) {
                run.handBack(job)
            }
        }
        startWaiting(&group)
    }

    private mutating func startWaiting(_ group: inout DiscardingTaskGroup) {
        if run.worker.condition.isResting { return returnWaiting() }
        while busy < loop.slots, let job = run.waiting.next() {
            start(job, &group)
        }
    }

    /// A job runs that the claim itself has started, perhaps while the drain began.
    private mutating func hasBegun(_ group: inout DiscardingTaskGroup) {
        busy += 1
        if isDraining { startGrace(&group) }
    }

    private mutating func startGrace(_ group: inout DiscardingTaskGroup) {
        if hasGrace { return }
        hasGrace = true
        group.addTask { [run] in
            if await run.pause(run.worker.configuration.drainGrace) { run.signal.yield(.graceOver) }
        }
    }

    private mutating func start(_ job: Job, _ group: inout DiscardingTaskGroup) {
        busy += 1
        run.start(job, in: &group)
    }

    /// The first time: no more claims, what waits goes back, what runs has its grace. The second time: no more grace.
    private mutating func drain(_ group: inout DiscardingTaskGroup) -> Bool {
        if isDraining {
            run.signal.yield(.graceOver)
            return true
        }
        isDraining = true
        claim?.ticket.withdraw()
        run.worker.events(.draining(run.worker.id, running: busy))
        for job in run.waiting.close() { run.handBack(job) }
        if busy > 0 { startGrace(&group) }
        return carryOut(decide(.drained), &group)
    }
}
