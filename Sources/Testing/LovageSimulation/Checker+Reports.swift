import LovageCore
import LovageMemoryStore
import LovageStore

extension Checker {
    /// Compares what changes came to with what they had to come to; `before` holds their jobs as they were.
    func reported(
        _ changes: [JobChange], _ answers: [ChangeAnswer], before: [Job?], in model: MemoryModel, at now: Moment,
        seen: inout Set<Sometimes>
    ) throws(Violation) {
        for ((change, answer), old) in zip(zip(changes, answers), before) {
            guard let old else {
                if answer != .unknown { throw Violation(.acknowledgedIsKept, "\(change.id) was not known") }
                continue
            }
            switch change.event {
            case .reported(let fence, let report, let entropy):
                note(report, &seen)
                try checkReport(report, fence, entropy, old, answer, model, at: now)
            case .startConfirmed(let fence), .published(let fence, _):
                try checkWord(change.event, fence, old, answer, model)
            case .cancelled(let reason): try checkCancel(reason, old, answer)
            case .retried: try checkRetry(old, answer, &seen)
            default: break
            }
        }
    }

    private func note(_ report: AttemptReport, _ seen: inout Set<Sometimes>) {
        switch report {
        case .snoozed: seen.insert(.snoozed)
        case .handedBack: seen.insert(.handedBack)
        case .skipped: seen.insert(.skipped)
        case .timedOut: seen.insert(.timedOut)
        case .failed(let failure) where !failure.isRetryable: seen.insert(.failedForGood)
        case .succeeded, .failed: break
        }
    }

    /// A report counts under the present fence of a running job. A repeat of the one that was accepted changes nothing;
    /// any other is stale.
    private func checkReport(
        _ report: AttemptReport, _ fence: Int64, _ entropy: UInt64, _ old: Job, _ answer: ChangeAnswer,
        _ model: MemoryModel, at now: Moment
    ) throws(Violation) {
        guard old.state.name == .running, old.fence == fence else {
            let attempt = model.attempts(of: old.id).first { $0.fence == fence }
            let isRepeat = old.state.name != .running && attempt?.end.map { !$0.isFromOutside } == true
            switch answer {
            case .stale where !(isRepeat && old.fence == fence): return
            case .unchanged where isRepeat && old.fence == fence: return
            case .changed, .unchanged, .stale, .unknown:
                throw Violation(
                    .onlyThePresentFence, "\(old.id) with \(old.fence) answered a report of \(fence): \(answer.name)")
            }
        }
        guard case .changed(let job) = answer else {
            throw Violation(.onlyThePresentFence, "\(old.id) refused the report of its attempt")
        }
        if job.generation > old.generation {
            // A failure branch that a retry overtook: its end is kept with its attempt, and it waits for its needs again.
            let end = model.attempts(of: old.id).first { $0.fence == fence }?.end
            guard old.membership != nil, end == report.end else { throw Violation(.resultIsReported, "\(job.id)") }
            return
        }
        if case .succeeded(let result) = report, job.result != result || job.outcome != .succeeded {
            throw Violation(.resultIsReported, "\(job.id)")
        }
        guard job.state == Self.state(after: report, entropy, of: old, at: now) else {
            throw Violation(.reportsDoWhatTheySay, "\(job.id) became \(job.state) by \(report) with \(old.used)")
        }
        if case .failed(let failure) = report, job.failure != failure {
            throw Violation(.resultIsReported, "\(job.id): \(failure)")
        }
    }

    private func checkWord(
        _ event: JobEvent, _ fence: Int64, _ old: Job, _ answer: ChangeAnswer, _ model: MemoryModel
    ) throws(Violation) {
        guard old.state.name == .running, old.fence == fence else {
            if answer == .stale { return }
            throw Violation(.onlyThePresentFence, "\(old.id) with \(old.fence) heard a word of \(fence)")
        }
        let job = model.job(old.id)
        switch event {
        case .published(_, .progress(let progress)) where job?.progress != progress:
            throw Violation(.resultIsReported, "\(old.id): \(progress)")
        case .startConfirmed:
            guard case .running(let lease) = job?.state, lease.started != nil else {
                throw Violation(.budgetsHold, "\(old.id) has started and does not know it")
            }
        default: break
        }
    }

    private func checkCancel(_ reason: CancelReason, _ old: Job, _ answer: ChangeAnswer) throws(Violation) {
        if old.outcome != nil {
            guard case .unchanged = answer else { throw Violation(.finishedIsFinal, "\(old.id) was cancelled") }
            return
        }
        guard case .changed(let job) = answer, job.outcome == .cancelled(reason) else {
            throw Violation(.cancelIsEffective, "\(old.id) was cancelled and is \(answer.name)")
        }
    }

    /// Only what is over begins anew, unless it was never reached or an equal job stands; it begins with nothing used.
    private func checkRetry(_ old: Job, _ answer: ChangeAnswer, _ seen: inout Set<Sometimes>) throws(Violation) {
        let isTaken =
            old.options.unique != nil
            && current.values.contains { $0.id != old.id && $0.standsAlone && $0.equality == old.equality }
        let mayBegin = old.outcome?.isUnreachable == false
        switch answer {
        case .changed(let job):
            // A member that is held again may end at once: what it needs has ended.
            let isClean = job.used == Job.Budgets() && job.result == nil && job.started == nil && job.fence > old.fence
            guard mayBegin, !isTaken || job.membership != nil, job.generation == old.generation + 1, isClean else {
                throw Violation(.retryIsAGeneration, "\(job.id) of generation \(old.generation) is \(job.state)")
            }
            seen.insert(.retried)
            if job.membership != nil { seen.insert(.reopened) }
        case .unchanged where !mayBegin || isTaken: break
        case .unchanged, .stale, .unknown:
            throw Violation(.retryIsAGeneration, "\(old.id) was not retried")
        }
    }
}

extension ChangeAnswer {
    /// The answer without its job.
    var name: String {
        switch self {
        case .changed(let job): "changed to \(job.state.name)"
        case .unchanged: "unchanged"
        case .stale: "stale"
        case .unknown: "unknown"
        }
    }
}
