import LovageClient
import LovageCore
import LovageStore
import ServiceLifecycle
import Synchronization

/// One run of a worker: the jobs it holds, its threads and the signals between its tasks.
struct WorkerRun: Sendable {
    /// One claim.
    struct Claim: Sendable {
        let limit: Int
        /// How many of the jobs have a free slot.
        let starting: Int
        let queues: [QueueName]
        let kinds: Set<Kind>
        let ticket = ClaimTicket()
    }

    enum Signal: Sendable {
        case woken
        /// A claim was answered; `begun` is true when its first job runs already, and is not among these.
        case claimed([Job], starting: Int, begun: Bool)
        case claimFailed
        case slotEnded
        /// Held jobs were reported and left, and others came for their places, which wait for slots.
        case released(Int, claimed: Int)
        case drain
        case graceOver
        /// The machine has let an attempt down, or does so no more.
        case condition(MachineCondition.Action)
    }

    let worker: Worker
    let held = HeldJobs()
    let waiting = WaitingJobs()
    let reporter = Reporter()
    let threads: HandlerThreads
    let signals: AsyncStream<Signal>
    let signal: AsyncStream<Signal>.Continuation
    let lastRenewed: LastRenewed
    let offered: OfferedKinds

    init(_ worker: Worker) {
        self.worker = worker
        // Bounded by what can happen at once: a few signals for each held job.
        (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        let slots = worker.configuration.slots
        threads = HandlerThreads(threads: min(slots, 4), most: slots, elapsed: worker.timekeeper.elapsed)
        offered = OfferedKinds(worker.handlers.kinds)
        lastRenewed = LastRenewed(worker.timekeeper.elapsed())
    }

    func run() async {
        // The one task that is not a child: what attempts report as they are cancelled must still be recorded, and a child
        // of a cancelled task is cancelled too. It is awaited below, so it does not outlive the run.
        let recording = Task { await reporter.run(with: sender) }
        worker.condition.tell { [signal] in signal.yield(.condition($0)) }
        defer { worker.condition.tell(nil) }
        await withTaskCancellationOrGracefulShutdownHandler {
            await withDiscardingTaskGroup { helpers in
                helpers.addTask { await forwardWork() }
                helpers.addTask { await forwardLosses() }
                helpers.addTask { await beat() }
                helpers.addTask { await watchLease() }
                helpers.addTask { await watchThreads() }
                await withDiscardingTaskGroup { attempts in
                    var pump = Pump(self)
                    await pump.run(in: &attempts)
                }
                helpers.cancelAll()
            }
        } onCancelOrGracefulShutdown: {
            signal.yield(.drain)
        }
        reporter.finish()
        await recording.value
        threads.stop()
    }

    private func forwardWork() async {
        for await _ in worker.source.workArrived() { signal.yield(.woken) }
    }

    /// Looks at once which attempts no longer hold their job when the store says that some do not.
    private func forwardLosses() async {
        for await _ in worker.source.jobsTaken(from: worker.id) { await renew() }
    }

    /// A sign of life that failed is tried again soon: the next one in its turn might come late.
    private func beat() async {
        let heartbeat = worker.configuration.heartbeat
        var next = heartbeat
        while await pause(next) { next = await renew() ? heartbeat : heartbeat / 10 }
    }

    /// Looks when the lease is due to be given up, apart from the heartbeat: its renewal may hang, and its next beat may
    /// come after the lease has ended.
    private func watchLease() async {
        let configuration = worker.configuration
        let patience = configuration.lease - configuration.stopMargin
        let moment = max(configuration.stopMargin / 2, .milliseconds(10))
        var rest = patience
        var due = worker.timekeeper.elapsed() + rest
        while await pause(rest) {
            // Woken far too late, this whole process stood still, and perhaps the source with it: the heartbeat, which is
            // overdue as well, has a moment to ask whether the lease still holds before anything is stopped.
            if worker.timekeeper.elapsed() - due < configuration.stopMargin { giveUpIfSilent() }
            rest = lastRenewed.value + patience - worker.timekeeper.elapsed()
            // What a silent worker has not stopped yet was started meanwhile, and is looked at again within the margin.
            if rest <= .zero { rest = moment }
            due = worker.timekeeper.elapsed() + rest
        }
    }

    private func watchThreads() async {
        while await pause(worker.configuration.blockerAge) {
            for kind in threads.blockers(olderThan: worker.configuration.blockerAge) {
                worker.events(.blockerFound(kind))
            }
        }
    }

    /// The queues in the order of the next claim.
    func drawQueues() -> [QueueName] {
        var random = EntropyGenerator(source: worker.entropy)
        return worker.configuration.queues.draw(using: &random)
    }

    /// Says again what this worker offers when its handlers have changed, so that people see it.
    func registerAgain(ifNotOffering kinds: Set<Kind>) async throws {
        guard offered.replace(with: kinds) else { return }
        try await worker.source.register(worker.record, lease: worker.configuration.lease)
    }

    /// Gives a sign of life and stops what is lost; false when the source took none.
    @discardableResult func renew() async -> Bool {
        do {
            let asked = worker.timekeeper.elapsed()
            // After a silence longer than its lease the store may have forgotten the worker: it says again who it is.
            if asked - lastRenewed.value >= worker.configuration.lease {
                try await worker.source.register(worker.record, lease: worker.configuration.lease)
            }
            let lost = try await worker.source.renew(
                worker.id, lease: worker.configuration.lease, holding: held.holds)
            lastRenewed.set(asked)
            for hold in lost where held.lose(hold) { worker.events(.attemptStopped(hold.id, fence: hold.fence)) }
            return true
        } catch {
            worker.events(.sourceFailed("renew", error))
            return false
        }
    }

    /// Stops what is held under leases that may end before another sign of life gets through, judged by our own clock. A
    /// lease lasts from the claim, and from each renewal after it. A source that takes nothing from a silent worker leaves
    /// nothing to give up: a slow disk would only cost the attempts that run.
    private func giveUpIfSilent() {
        if worker.source.keepsLeasesInSilence { return }
        let configuration = worker.configuration
        let latest = worker.timekeeper.elapsed() - (configuration.lease - configuration.stopMargin)
        guard lastRenewed.value <= latest else { return }
        if held.loseAll(askedBy: latest) { worker.events(.leaseGivenUp(worker.id)) }
    }

    /// Waits; false when the task was cancelled instead.
    func pause(_ duration: Duration) async -> Bool {
        do {
            try await worker.timekeeper.sleep(duration)
            return true
        } catch {
            return false
        }
    }
}

/// Random numbers from the worker's source of entropy.
private struct EntropyGenerator: RandomNumberGenerator {
    let source: @Sendable () -> UInt64
    mutating func next() -> UInt64 { source() }
}

/// The kinds the source was last told of.
final class OfferedKinds: Sendable {
    private let kinds: Mutex<Set<Kind>>
    init(_ kinds: Set<Kind>) { self.kinds = Mutex(kinds) }

    /// True when `new` differs from what the source was told.
    func replace(with new: Set<Kind>) -> Bool {
        kinds.withLock { kinds in
            defer { kinds = new }
            return kinds != new
        }
    }
}

/// When the source last answered a sign of life.
final class LastRenewed: Sendable {
    private let moment: Mutex<Duration>
    init(_ moment: Duration) { self.moment = Mutex(moment) }
    var value: Duration { moment.withLock { $0 } }
    func set(_ value: Duration) { moment.withLock { $0 = max($0, value) } }
}

extension WorkerRun {
    /// How reports are sent, which frees the places of ended attempts and tells what was recorded.
    var sender: Reporter.Sender {
        Reporter.Sender(
            source: worker.source, timekeeper: worker.timekeeper,
            failed: { worker.events(.sourceFailed("report", $0)) },
            sent: { answers, claimed in
                held.recorded(answers.lazy.compactMap(\.0.endOf))
                for (item, answer) in answers { tell(item, answer) }
                let ended = answers.count { $0.0.ends }
                if ended > 0 { signal.yield(.released(ended, claimed: claimed)) }
            })
    }

    private func tell(_ item: Reporter.Item, _ answer: ChangeAnswer) {
        guard case .reported(let fence, let report, _) = item.change.event else { return }
        switch answer {
        case .changed(let job), .unchanged(let job): worker.events(.attemptRecorded(job, report))
        case .stale, .unknown: worker.events(.attemptStale(item.change.id, fence: fence))
        }
    }
}
