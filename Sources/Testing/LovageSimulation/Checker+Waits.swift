import LovageCore

// What a report has to lead to, written down a second time and in another way than the core does it.

extension Checker {
    static func state(after report: AttemptReport, _ entropy: UInt64, of old: Job, at now: Moment) -> JobState {
        switch report {
        case .succeeded: return .finished(.succeeded)
        case .skipped(let reason): return .finished(.skipped(reason))
        case .handedBack:
            guard case .running(let lease) = old.state, lease.claimed > now.store else { return .ready }
            return .suspended(.until(lease.claimed))
        case .snoozed(let wait): return wait > .zero ? .suspended(.until(now.store + wait)) : .ready
        case .failed(let failure): return state(after: failure, .error, entropy, of: old, at: now)
        case .timedOut(let failure): return state(after: failure, .timedOut, entropy, of: old, at: now)
        }
    }

    private static func state(
        after failure: Failure, _ reason: FailureReason, _ entropy: UInt64, of old: Job, at now: Moment
    ) -> JobState {
        var (retries, backoff) = (old.options.retry.retries, old.options.retry.backoff)
        switch old.options.retry.rules[failure.kind] {
        case .never: retries = 0
        case .retry(let most, let wait): (retries, backoff) = (most, wait)
        case nil: break
        }
        let number = old.used.failed + 1
        guard failure.isRetryable, number <= retries else { return .finished(.failed(reason)) }
        let pause = wait(backoff, number, entropy)
        return pause > .zero ? .suspended(.retry(now.store + pause)) : .ready
    }

    private static func wait(_ backoff: Backoff, _ number: Int, _ entropy: UInt64) -> Duration {
        switch backoff {
        case .fixed(let wait): return wait
        case .list(let waits): return waits.isEmpty ? .zero : waits[min(number, waits.count) - 1]
        case .exponential(let base, let cap, let jitter):
            var ceiling = base
            for _ in 1..<max(2, number) where number > 1 { ceiling = min(cap, ceiling * 2) }
            ceiling = min(cap, ceiling)
            guard jitter else { return ceiling }
            let range = UInt64(ceiling.wholeMicroseconds) + 1
            return .microseconds(Int64(range.multipliedFullWidth(by: entropy).high))
        }
    }
}
