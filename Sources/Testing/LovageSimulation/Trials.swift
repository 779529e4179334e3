import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

// What happens too seldom in seconds of a world, or would end it: tried on copies of the store, which is a value. The
// world goes on as if nothing had been.

extension World {
    /// Tries everything once on copies of what the store holds now.
    func tryOnCopies() throws(Violation) {
        do {
            try tryPrune()
            try tryPurge()
            try tryRefusal()
            try tryRetire()
            try tryExplain()
            try tryKeys()
        } catch let error as Violation {
            throw error
        } catch {
            throw Violation(.jobIsSound, "\(error)")
        }
    }

    private var jobsNow: [Job] { checker.current.values.sorted { $0.id < $1.id } }

    /// Retention with settings and a time that are drawn.
    private func tryPrune() throws {
        var copy = server.model
        let kept: Int? = trials.pick([nil, 0, 3, 10])
        let age = trials.pick([Duration.zero, .milliseconds(500), .seconds(2), .seconds(30 * 86_400)])
        let limit = Int(trials.pick([1, 5, 1_000]))
        let later = moment.store + trials.pick([Duration.zero, .seconds(1), .seconds(8 * 86_400)])
        for queue in Self.queues {
            _ = copy.set(QueueSettings(keepFinishedFor: age, keepFinishedCount: kept), for: queue)
        }
        let open = Set(checker.runs.filter { server.model.workflow($0)?.outcome == nil })
        let runs = checker.runs.compactMap(server.model.workflow)
        var expected: [JobID] = []
        for queue in Self.queues.sorted() {
            let finished = jobsNow.filter { $0.queue == queue && $0.outcome != nil }
                .sorted { ($0.finished ?? later, $0.id) < ($1.finished ?? later, $1.id) }
            let surplus = kept.map { finished.count - $0 } ?? 0
            for (position, job) in finished.enumerated() where expected.count < limit {
                guard position < surplus || (job.finished ?? later) + age <= later else { break }
                if let membership = job.membership {
                    let end = runs.first { $0.id == membership.workflow }?.finished ?? later
                    if open.contains(membership.workflow) || (position >= surplus && end + age > later) { continue }
                }
                expected.append(job.id)
            }
        }
        let deleted = copy.prune(upTo: limit, at: Moment(store: later, wall: moment.wall)).answer
        if deleted != expected { throw Violation(.retentionKeeps, "\(deleted.count) deleted, not \(expected.count)") }
        for id in deleted where copy.job(id) != nil || !copy.attempts(of: id).isEmpty {
            throw Violation(.retentionKeeps, "\(id) was deleted and is there")
        }
        if !deleted.isEmpty { seen.insert(.pruned) }
        guard limit == 1_000 else { return }
        for run in runs {
            let isOld = (run.finished.map { $0 + .seconds(7 * 86_400) } ?? later + .seconds(1)) <= later
            let hasJobs = jobsNow.contains { $0.membership?.workflow == run.id && copy.job($0.id) != nil }
            let isEmptied = jobsNow.contains { $0.membership?.workflow == run.id && deleted.contains($0.id) }
            if (copy.workflow(run.id) == nil) != ((isOld || isEmptied) && !hasJobs) {
                throw Violation(.retentionKeeps, "run \(run.id)")
            }
        }
    }

    private func tryPurge() throws {
        var copy = server.model
        let limit = Int(trials.pick([1, 3, 1_000]))
        let waiting = jobsNow.filter { $0.queue == "default" && $0.isInLine }
        let runningBefore = jobsNow.filter { $0.state.name == .running }
        let purged = try copy.purge("default", upTo: limit, at: moment).answer
        let ended = waiting.filter { copy.job($0.id)?.outcome == .cancelled(.purged) }
        if purged != ended.count || purged > limit || (purged == 0) != waiting.isEmpty {
            throw Violation(.purgeTakesWhatWaits, "\(purged) purged, \(ended.count) ended, \(waiting.count) waited")
        }
        if purged < limit, let left = waiting.first(where: { copy.job($0.id)?.outcome == nil }) {
            throw Violation(.purgeTakesWhatWaits, "\(left.id) was left")
        }
        if let oldest = waiting.first, copy.job(oldest.id)?.outcome == nil {
            throw Violation(.purgeTakesWhatWaits, "\(oldest.id) is the oldest and was left")
        }
        for job in runningBefore where copy.job(job.id)?.state != server.model.job(job.id)?.state {
            throw Violation(.purgeTakesWhatWaits, "\(job.id) ran")
        }
        if purged > 0 { seen.insert(.purged) }
    }

    /// A call with an event that no job may take, behind others that are fine.
    private func tryRefusal() throws {
        var copy = server.model
        guard let job = jobsNow.first(where: { $0.state == .ready }) else { return }
        let changes = [
            JobChange(job.id, .cancelled(.requested("first"))),
            JobChange(job.id, .needsSettled(.run(JSONValue.object([]).text()))),
        ]
        do {
            _ = try copy.apply(changes, at: moment)
            throw Violation(.refusedIsUndone, "\(job.id) took what it must refuse")
        } catch is StoreError {
            let isSame = copy.job(job.id) == job && copy.queues() == server.model.queues()
            if !isSame { throw Violation(.refusedIsUndone, "\(job.id)") }
        }
    }

    private func tryRetire() throws {
        var copy = server.model
        guard let id = checker.leases.keys.sorted().last else { return }
        let held = checker.running.filter { server.model.job($0)?.holder == id }
        _ = try copy.retire(id, at: moment)
        for job in held where copy.job(job)?.holder != nil {
            throw Violation(.nothingLeaks, "\(job) after a retirement")
        }
        if copy.workers(at: moment).contains(where: { $0.record.id == id }) {
            throw Violation(.countsAreTrue, "\(id) has retired and is shown")
        }
    }

    /// The rule in words, which `explain` shows, and the claim agree for every job.
    private func tryExplain() throws {
        var copy = server.model
        let offer = ClaimRule.Offer(
            kinds: trials.pick([[Jobs.kind, Jobs.step], [Jobs.kind], [Jobs.step]]),
            queues: trials.pick([Self.queues, ["slow"], ["default"]]))
        if trials.chance(0.3) { _ = copy.set(QueueSettings(isPaused: true), for: "default") }
        let later = Moment(store: moment.store + .milliseconds(trials.pick(0...400)), wall: moment.wall)
        let said = jobsNow.filter {
            ClaimRule.verdict(on: $0, settings: copy.settings(of: $0.queue), offers: [offer], at: later) == .mayRun
        }
        let worker = WorkerID(UUIDv7(high: 1, low: 1))
        let request = ClaimRequest(worker: worker, offer: offer, limit: 1_000, starting: 0, lease: .seconds(1))
        let taken = try copy.claim(request, at: later).answer.map(\.id)
        if Set(taken) != Set(said.map(\.id)) {
            throw Violation(.explanationsAreTrue, "\(said.count) may run, \(taken.count) were claimed")
        }
    }

    /// A key is asked for again just before its window ends, when retention has taken its job, and just after.
    private func tryKeys() throws {
        guard let (key, known) = checker.keys.min(by: { ($0.value.submitted, $0.key) < ($1.value.submitted, $1.key) }),
            let job = server.model.job(known.id)
        else { return }
        let end = known.submitted + .seconds(86_400)
        for (wait, isKept) in [(Duration.microseconds(-1), true), (.zero, false)] {
            var copy = server.model
            let then = Moment(store: end + wait, wall: moment.wall)
            for queue in Self.queues { _ = copy.set(QueueSettings(keepFinishedFor: .zero), for: queue) }
            _ = copy.prune(upTo: 1_000, at: then)
            if trials.chance(0.5) { _ = try copy.sweep(upTo: 1_000, at: then) }
            var options = JobOptions(queue: known.queue)
            options.idempotencyKey = key
            let id = JobID(UUIDv7(high: 2, low: 2))
            let again = Submission(id: id, kind: job.kind, arguments: known.arguments, options: options)
            let answer = try copy.submit([again], at: then).answer[0]
            if isKept, copy.job(known.id) == nil { seen.insert(.keyOutlivedItsJob) }
            if answer != (isKept ? .repeated(known.id) : .created(id)) {
                throw Violation(.keysHoldTheirWindow, "\(key): \(answer)")
            }
        }
    }
}
