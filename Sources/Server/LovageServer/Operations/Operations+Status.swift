#if Server
import LovageAPI
import LovageCore
import LovageStore

extension Operations {
    /// How far back failures are shown.
    private static let recent = Duration.seconds(86_400)
    /// What waits in a queue, as people ask about it.
    private static let waitingStates: [JobState.Name] = [.ready, .blocked, .suspended]

    /// `GET /status`
    func status() async throws -> Reply {
        let queues = try await store.queues()
        let workers = try await store.workers()
        let now = store.now()
        return .object(
            StatusPageView(
                health: await health(queues: queues, workers: workers), queues: queues.map { QueueView($0, at: now) },
                workers: workers.map(WorkerView.init),
                running: try await lines(JobFilter(state: .running), at: now), waits: try await waits(queues),
                failures: try await failures(at: now)))
    }

    private func lines(_ filter: JobFilter, at now: Moment) async throws -> [JobLineView] {
        try await store.jobs(filter, page: PageRequest(limit: StatusPageView.most)).items.map {
            JobLineView($0, at: now)
        }
    }

    private func failures(at now: Moment) async throws -> [JobLineView] {
        let first = UUIDv7(firstAt: WallTime(microseconds: now.wall.microseconds - Self.recent.wholeMicroseconds))
        var failures: [JobLineView] = []
        for outcome in [Outcome.Name.failed, .expired] {
            failures += try await lines(JobFilter(outcome: outcome, first: first), at: now)
        }
        return Array(failures.sorted { $0.moment > $1.moment }.prefix(StatusPageView.most))
    }

    /// One line for each queue and state in which jobs wait: one of them is asked why.
    private func waits(_ queues: [QueueOverview]) async throws -> [WaitView] {
        let explainer = jobExplainer
        var waits: [WaitView] = []
        for queue in queues {
            for state in Self.waitingStates where queue.count(state) > 0 && waits.count < StatusPageView.most {
                let filter = JobFilter(queue: queue.name, state: state)
                guard let job = try await store.jobs(filter, page: PageRequest(limit: 1)).items.first else { continue }
                waits.append(
                    WaitView(queue: queue.name, count: queue.count(state), try await explainer.explain(job)))
            }
        }
        return waits
    }
}

extension QueueOverview {
    fileprivate func count(_ state: JobState.Name) -> Int {
        switch state {
        case .ready: ready
        case .blocked: blocked
        case .suspended: suspended
        case .running: running
        case .finished: 0
        }
    }
}
#endif
