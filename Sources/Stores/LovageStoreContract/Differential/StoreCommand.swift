import LovageCore
import LovageStore
import LovageWorkflow

/// One call of the seam, as a value: the differential test gives the same ones to two stores.
enum StoreCommand: Sendable {
    case submit([Submission])
    case claim(ClaimRequest)
    case apply([JobChange])
    case reportAndClaim([JobChange], ClaimRequest)
    /// Changes of different jobs, each in a call of its own, all at once. Their order must not matter.
    case applyAtOnce([JobChange])
    case renew(WorkerID, Duration, [Hold])
    case promote(Int)
    case sweep(Int)
    case prune(Int)
    case purge(QueueName, Int)
    case set(QueueName, QueueSettings)
    case register(WorkerRecord, Duration)
    case retire(WorkerID)
    case save(DefinitionDraft)
    case start(WorkflowSubmission)
    case cancelRun(WorkflowID, cleanup: Bool)

    /// What a store answered, comparable.
    enum Answer: Equatable {
        case submitted([SubmitAnswer])
        case jobs([Job])
        case changes([ChangeAnswer])
        case reportedAndClaimed(NextWork)
        case holds([Hold])
        case promotion(Promotion)
        case count(Int)
        case deleted([JobID])
        case saved([DefinitionVersion])
        case started(WorkflowAnswer)
        case run(WorkflowRun?)
        case done
        case refused(StoreError.Code)
    }

    func run(on store: any Store) async -> Answer {
        do {
            return try await answer(of: store)
        } catch let error as StoreError {
            return .refused(error.code)
        } catch {
            return .refused(.bug)
        }
    }

    private func answer(of store: any Store) async throws -> Answer {
        switch self {
        case .submit(let submissions): return .submitted(try await store.submit(submissions))
        case .claim(let request): return .jobs(try await store.claim(request))
        case .apply(let changes): return .changes(try await store.apply(changes))
        case .reportAndClaim(let changes, let request):
            return .reportedAndClaimed(try await store.reportAndClaim(changes, for: request))
        case .applyAtOnce(let changes): return .changes(try await Self.applyAtOnce(changes, store))
        case .renew(let worker, let lease, let holds):
            return .holds(try await store.renew(worker, lease: lease, holding: holds))
        case .promote(let limit): return .promotion(try await store.promote(upTo: limit))
        case .sweep(let limit): return .count(try await store.sweep(upTo: limit))
        case .prune(let limit): return .deleted(try await store.prune(upTo: limit))
        case .purge(let queue, let limit): return .count(try await store.purge(queue, upTo: limit))
        case .set(let queue, let settings):
            try await store.set(settings, for: queue)
            return .done
        case .register(let record, let lease):
            try await store.register(record, lease: lease)
            return .done
        case .retire(let worker):
            try await store.retire(worker)
            return .done
        case .save(let draft): return .saved(try await store.save([draft], files: []))
        case .start(let submission): return .started(try await store.start(submission))
        case .cancelRun(let id, let cleanup):
            return .run(try await store.cancelWorkflow(id, reason: "no longer wanted", cleanup: cleanup))
        }
    }

    private static func applyAtOnce(_ changes: [JobChange], _ store: any Store) async throws -> [ChangeAnswer] {
        try await withThrowingTaskGroup(of: (Int, [ChangeAnswer]).self) { group in
            for (position, change) in changes.enumerated() {
                group.addTask { (position, try await store.apply([change])) }
            }
            var answers: [Int: [ChangeAnswer]] = [:]
            for try await (position, answer) in group { answers[position] = answer }
            return changes.indices.flatMap { answers[$0] ?? [] }
        }
    }
}
