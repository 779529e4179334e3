#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `GET /queues`
    func queues() async throws -> Reply {
        let queues = try await store.queues()
        let now = store.now()
        return .object(QueuesView(queues.map { QueueView($0, at: now) }))
    }

    /// `GET /queues/{name}`
    func queue(_ call: Call) async throws -> Reply { try await view(try call.name()) }

    /// `PATCH /queues/{name}`
    func changeQueue(_ call: Call) async throws -> Reply {
        let change: QueueChange = try call.request()
        return try await set(call) { change.applied(to: $0) }
    }

    /// `POST /queues/{name}/pause` and `resume`
    func setPaused(_ isPaused: Bool, _ call: Call) async throws -> Reply {
        try await checkKnown(try call.name())
        return try await set(call) { settings in
            var settings = settings
            settings.isPaused = isPaused
            return settings
        }
    }

    /// `POST /queues/{name}/purge`
    func purgeQueue(_ call: Call) async throws -> Reply {
        let name: QueueName = try call.name()
        try await checkKnown(name)
        // In slices, so that claims and submissions pass in between.
        let slice = 1_000
        var purged = 0
        while true {
            let count = try await store.purge(name, upTo: slice)
            purged += count
            if count < slice { return .object(PurgeView(purged: purged)) }
        }
    }

    /// `GET /queues/{name}/wait`
    func waitForQueue(_ call: Call) async throws -> Reply {
        let name: QueueName = try call.name()
        let store = store
        try await wait(for: [.queue(name)], try patience(of: call), call.caller) {
            let queue = try await store.queues().first { $0.name == name }
            return queue.map { $0.waiting + $0.running == 0 } ?? true
        }
        return try await view(name)
    }

    /// `GET /workers`
    func workers() async throws -> Reply { .object(WorkersView(try await store.workers().map(WorkerView.init))) }

    /// Refuses a queue that nobody has: what is done in an emergency must not go to a misspelt one.
    private func checkKnown(_ name: QueueName) async throws {
        let known = try await KnownQueues.names(in: store)
        if known.contains(name) { return }
        let near = DidYouMean.nearest(to: name.text, among: known.map(\.text).sorted())
        throw ProblemView(
            .unknownQueue,
            "there is no queue '\(name)': no live worker takes from it, it has no settings and never had a job",
            field: "name", hint: near.map { "did you mean '\($0)'?" } ?? "see 'lovage queue list'")
    }

    /// Changes settings. Two changes at the same time: the later one wins as a whole, as if they came in this order.
    private func set(_ call: Call, _ change: (QueueSettings) -> QueueSettings) async throws -> Reply {
        let name: QueueName = try call.name()
        try await store.set(change(try await store.settings(of: name)), for: name)
        return try await view(name)
    }

    private func view(_ name: QueueName) async throws -> Reply {
        if let queue = try await store.queues().first(where: { $0.name == name }) {
            return .object(QueueView(queue, at: store.now()))
        }
        let empty = QueueOverview(
            name: name, settings: try await store.settings(of: name), ready: 0, suspended: 0, blocked: 0, running: 0,
            oldestReady: nil)
        return .object(QueueView(empty, at: store.now()))
    }
}
#endif
