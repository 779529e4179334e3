import LovageCore
import LovageStore

// One line for everything that happens, for people who read a failing world.

extension Happening: CustomStringConvertible {
    var description: String {
        switch self {
        case .request(let from, let id, let request): "server ← \(from) #\(id) \(request)"
        case .reply(let to, let id, let reply): "\(to) ← server #\(id) \(reply)"
        case .wake(let worker): "worker \(worker) is woken"
        case .commit: "commit"
        case .serverTick: "server tick"
        case .serverCrash: "SERVER CRASHES"
        case .serverStart: "server starts"
        case .serverPause(let length): "SERVER STOPS for \(length) µs"
        case .wallJump(let shift): "WALL CLOCK is \(shift) µs off"
        case .client(let index, let step): "client \(index) \(step)"
        case .worker(let index, let life, let step): "worker \(index).\(life) \(step)"
        case .workerCrash(let index): "WORKER \(index) CRASHES"
        case .workerStop(let index): "worker \(index) is asked to stop"
        case .workerPause(let index, let length): "WORKER \(index) STOPS for \(length) µs"
        case .person(let step): "person \(step)"
        }
    }
}

extension Node: CustomStringConvertible {
    var description: String {
        switch self {
        case .client(let index): "client \(index)"
        case .worker(let index): "worker \(index)"
        case .person: "person"
        }
    }
}

extension Request: CustomStringConvertible {
    var description: String {
        switch self {
        case .submit(let submissions):
            "submit "
                + submissions.map { "\($0.id.short) key \($0.options.idempotencyKey ?? "-")" }.joined(separator: ", ")
        case .claim(let request): "claim \(request.limit)"
        case .report(let changes): "report " + changes.short
        case .reportAndClaim(let changes, let request): "report \(changes.short) and claim \(request.limit)"
        case .renew(_, _, let holds): "renew " + holds.map { "\($0.id.short)/\($0.fence)" }.joined(separator: ", ")
        case .register: "register"
        case .retire: "retire"
        case .start(let submission): "start \(submission.name)"
        case .cancelWorkflow(let id, let cleanup): "cancel run \(id)\(cleanup ? "" : " without cleanup")"
        case .set(let settings, let queue): "set \(queue): \(settings.isPaused ? "paused" : "open")"
        }
    }
}

extension Reply: CustomStringConvertible {
    var description: String {
        switch self {
        case .submitted(let answers): "submitted " + answers.map { $0.id?.short ?? "refused" }.joined(separator: ", ")
        case .claimed(let jobs): "claimed " + jobs.map { "\($0.id.short)/\($0.fence)" }.joined(separator: ", ")
        case .reported(let answers): "reported " + answers.map(\.short).joined(separator: ", ")
        case .reportedAndClaimed(let next):
            "reported " + next.answers.map(\.short).joined(separator: ", ") + ", claimed "
                + next.jobs.map(\.id.short).joined(separator: ", ")
        case .renewed(let lost): "renewed, lost " + lost.map { "\($0.id.short)/\($0.fence)" }.joined(separator: ", ")
        case .started: "started"
        case .done: "done"
        }
    }
}

extension JobID {
    /// Its random end, enough to tell the jobs of a world apart.
    var short: String { String(description.suffix(6)) }
}

extension JobEvent {
    fileprivate var short: String {
        switch self {
        case .startConfirmed(let fence): "started/\(fence)"
        case .published(let fence, _): "progress/\(fence)"
        case .reported(let fence, let report, _): "ended/\(fence) \(report.short)"
        case .cancelled: "cancel"
        case .retried: "retry"
        case .becameDue, .signalled, .needsSettled, .claimed, .blocked, .unblocked, .renewed, .leaseExpired, .ownerGone,
            .startWindowPassed, .deadlinePassed, .merged, .standInEnded:
            "\(self)"
        }
    }
}

extension AttemptReport {
    fileprivate var short: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed(let failure): failure.isRetryable ? "failed" : "failed for good"
        case .timedOut: "timed out"
        case .skipped: "skipped"
        case .snoozed(let time): "snoozed \(time)"
        case .handedBack: "handed back"
        }
    }
}

extension ChangeAnswer {
    fileprivate var short: String {
        switch self {
        case .changed(let job): "changed to \(job.state.name)"
        case .unchanged: "unchanged"
        case .stale: "stale"
        case .unknown: "unknown"
        }
    }
}

extension [JobChange] {
    fileprivate var short: String { map { "\($0.id.short) \($0.event.short)" }.joined(separator: ", ") }
}
