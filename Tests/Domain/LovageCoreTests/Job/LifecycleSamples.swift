import LovageCore

/// Every state a job can stand in, in each way that an event may find it.
enum LifecycleSamples {
    struct Sample {
        let name: String
        let job: Job
    }

    struct Event {
        let name: String
        let event: JobEvent
    }

    private static let past = now.store + .seconds(-1)
    private static let retry = JobOptions(retry: RetryPolicy(retries: 1, backoff: .fixed(.seconds(60))))
    private static let lastChance = JobOptions(crashLimit: 1, unstartedLimit: 1)
    private static let overdue = JobOptions(startWithin: .seconds(50), deadline: .seconds(50))

    private static let ahead = Lease(worker: worker, claimed: now.store + .seconds(1), started: nil, expires: later)

    private static let second = JobVersion(
        definition: 2, of: makeJob(), from: JobOptions(), to: JobOptions(crashLimit: 9))

    static let jobs: [Sample] = suspended + waiting + running + finished

    private static let suspended = [
        Sample(name: "suspended.until(past)", job: makeJob(state: .suspended(.until(past)))),
        Sample(name: "suspended.until(later)", job: makeJob(state: .suspended(.until(later)))),
        Sample(name: "suspended.at(past)", job: makeJob(state: .suspended(.at(now.wall)))),
        Sample(name: "suspended.at(later)", job: makeJob(state: .suspended(.at(now.wall + .seconds(1))))),
        Sample(name: "suspended.needs", job: makeJob(state: .suspended(.needs))),
        Sample(
            name: "suspended.needs, delayed",
            job: makeJob(JobOptions(start: .after(.seconds(9))), state: .suspended(.needs))),
        Sample(name: "suspended.signal(go)", job: makeJob(state: .suspended(.signal("go")))),
        Sample(name: "suspended.merged", job: makeMergedJob()),
        Sample(name: "suspended.merged, delayed", job: makeMergedJob(JobOptions(start: .after(.seconds(9))))),
        Sample(name: "suspended.retry(past)", job: makeClaimedJob(state: .suspended(.retry(past)))),
        Sample(name: "suspended.retry(later)", job: makeClaimedJob(state: .suspended(.retry(later)))),
        Sample(name: "suspended, overdue", job: makeJob(overdue, state: .suspended(.until(later)))),
    ]

    private static let waiting = [
        Sample(name: "ready", job: makeJob()),
        Sample(name: "ready, handed back", job: makeClaimedJob(state: .ready)),
        Sample(name: "ready, overdue", job: makeJob(overdue)),
        Sample(name: "blocked", job: makeJob(state: .blocked(.limit("disk")))),
        Sample(name: "blocked, handed back", job: makeClaimedJob(state: .blocked(.resource("gpu")))),
        Sample(name: "blocked, overdue", job: makeJob(overdue, state: .blocked(.limit("disk")))),
    ]

    private static let running = [
        Sample(name: "running, unstarted", job: makeClaimedJob(state: .running(makeLease(started: false)))),
        Sample(name: "running, started", job: makeClaimedJob(state: .running(makeLease(started: true)))),
        Sample(name: "running, with retries", job: makeClaimedJob(retry, state: .running(makeLease(started: true)))),
        Sample(
            name: "running, lease over",
            job: makeClaimedJob(state: .running(makeLease(started: true, expires: now.store)))),
        Sample(
            name: "running, unstarted, lease over",
            job: makeClaimedJob(state: .running(makeLease(started: false, expires: now.store)))),
        Sample(
            name: "running, last chance, lease over",
            job: makeClaimedJob(lastChance, state: .running(makeLease(started: true, expires: past)))),
        Sample(
            name: "running, unstarted, last chance, lease over",
            job: makeClaimedJob(lastChance, state: .running(makeLease(started: false, expires: past)))),
        Sample(name: "running, ahead of its time", job: makeClaimedJob(state: .running(ahead))),
        Sample(name: "running, overdue", job: makeClaimedJob(overdue, state: .running(makeLease(started: true)))),
    ]

    private static let finished = [
        Sample(name: "finished.succeeded", job: makeFinishedJob(.succeeded)),
        Sample(name: "finished.failed(error)", job: makeFinishedJob(.failed(.error))),
        Sample(name: "finished.failed(quarantined)", job: makeFinishedJob(.failed(.quarantined))),
        Sample(name: "finished.cancelled(requested)", job: makeFinishedJob(.cancelled(.requested("")))),
        Sample(name: "finished.cancelled(unreachable)", job: makeFinishedJob(.cancelled(.unreachable(step: "a")))),
        Sample(name: "finished.cancelled(workflow)", job: makeFinishedJob(.cancelled(.workflow("")))),
        Sample(name: "finished.expired", job: makeFinishedJob(.expired)),
        Sample(name: "finished.skipped", job: makeFinishedJob(.skipped(""))),
    ]

    static let events: [Event] = timers + attempts + reports + outside

    private static let timers = [
        Event(name: "becameDue", event: .becameDue),
        Event(name: "needsSettled(run)", event: .needsSettled(.run(JSONText.null))),
        Event(name: "needsSettled(skip)", event: .needsSettled(.skip("nothing"))),
        Event(name: "needsSettled(fail)", event: .needsSettled(.fail(Failure(kind: "template", message: "no list")))),
        Event(name: "needsSettled(unreachable)", event: .needsSettled(.unreachable(step: "a"))),
        Event(name: "merged", event: .merged(into: other)),
        Event(
            name: "standInEnded(succeeded)",
            event: .standInEnded(StandInEnd(outcome: .succeeded, result: .emptyObject, failure: nil))),
        Event(
            name: "standInEnded(failed)",
            event: .standInEnded(
                StandInEnd(outcome: .failed(.error), result: nil, failure: Failure(kind: "exit 7", message: "no")))),
        Event(
            name: "standInEnded(cancelled)",
            event: .standInEnded(StandInEnd(outcome: .cancelled(.requested("")), result: nil, failure: nil))),
        Event(name: "signalled(go)", event: .signalled("go")),
        Event(name: "signalled(other)", event: .signalled("other")),
        Event(name: "leaseExpired", event: .leaseExpired),
        Event(name: "ownerGone", event: .ownerGone),
        Event(name: "startWindowPassed", event: .startWindowPassed),
        Event(name: "deadlinePassed", event: .deadlinePassed),
    ]

    private static let attempts = [
        Event(
            name: "claimed",
            event: .claimed(Lease(worker: worker, claimed: now.store, started: now.store, expires: later))),
        Event(name: "claimed for in 1 s", event: .claimed(ahead)),
        Event(name: "startConfirmed", event: .startConfirmed(fence: 5)),
        Event(name: "startConfirmed, old fence", event: .startConfirmed(fence: 4)),
        Event(name: "renewed", event: .renewed(fence: 5, expires: later + .seconds(1))),
        Event(name: "renewed, no longer", event: .renewed(fence: 5, expires: now.store)),
        Event(name: "renewed, old fence", event: .renewed(fence: 4, expires: later)),
        Event(
            name: "published(progress)", event: .published(fence: 5, .progress(Job.Progress(done: 1, total: 2)))),
        Event(name: "published(status)", event: .published(fence: 5, .status(Job.Status(name: "packing")))),
        Event(
            name: "published, old fence", event: .published(fence: 4, .status(Job.Status(name: "packing")))),
    ]

    private static let reports = [
        report("reported(succeeded)", .succeeded(.emptyObject)),
        report("reported(failed)", .failed(Failure(kind: "exit 7", message: "no route"))),
        report("reported(failed, never again)", .failed(Failure(kind: "exit 7", message: "", isRetryable: false))),
        report("reported(timedOut)", .timedOut(Failure(kind: "timeout", message: "10 s"))),
        report("reported(skipped)", .skipped("nothing")),
        report("reported(snoozed 10 s)", .snoozed(.seconds(10))),
        report("reported(snoozed 0 s)", .snoozed(.zero)),
        report("reported(handedBack)", .handedBack),
        Event(name: "reported, old fence", event: .reported(fence: 4, .succeeded(nil), entropy: 0)),
    ]

    private static let outside = [
        Event(name: "cancelled", event: .cancelled(.requested(""))),
        Event(name: "retried", event: .retried(held: false)),
        Event(name: "retried(held)", event: .retried(held: true)),
        Event(name: "retried, version 2", event: .retried(held: false, version: second)),
        Event(name: "blocked", event: .blocked(.limit("disk"))),
        Event(name: "unblocked", event: .unblocked),
    ]

    private static func report(_ name: String, _ report: AttemptReport) -> Event {
        Event(name: name, event: .reported(fence: 5, report, entropy: 0))
    }
}

extension JobEvent {
    /// The words the page lists events by. A switch without a default: a new event must be listed.
    enum Name: String, CaseIterable {
        case becameDue, needsSettled, merged, standInEnded, signalled, claimed, startConfirmed, renewed, published
        case reported, leaseExpired, ownerGone, startWindowPassed, deadlinePassed, cancelled, retried
        case blocked, unblocked
    }

    var name: Name {
        switch self {
        case .becameDue: .becameDue
        case .needsSettled: .needsSettled
        case .merged: .merged
        case .standInEnded: .standInEnded
        case .signalled: .signalled
        case .claimed: .claimed
        case .startConfirmed: .startConfirmed
        case .renewed: .renewed
        case .published: .published
        case .reported: .reported
        case .leaseExpired: .leaseExpired
        case .ownerGone: .ownerGone
        case .startWindowPassed: .startWindowPassed
        case .deadlinePassed: .deadlinePassed
        case .cancelled: .cancelled
        case .retried: .retried
        case .blocked: .blocked
        case .unblocked: .unblocked
        }
    }
}
