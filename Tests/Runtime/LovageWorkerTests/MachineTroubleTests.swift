import LovageClient
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker
import Synchronization
import Testing

/// A worker whose machine lets attempts down for a while.
@Suite(.timeLimit(.minutes(5))) struct MachineTroubleTests {
    /// A machine that lacks something until it is mended.
    private final class Machine: Sendable {
        let isMended = Atomic(false)
        let probes = Atomic(0)
        let attempts = Atomic(0)
        let probed = Ledger()
        static let trouble = MachineTrouble(.disk, "no space left")

        func look() -> MachineTrouble? {
            probes.add(1, ordering: .relaxed)
            defer { probed.write("probed") }
            return isMended.load(ordering: .acquiring) ? nil : Self.trouble
        }
    }

    @Test(arguments: [1, 4, 20]) func `hands everything back at no cost, rests, and does it all when that has passed`(
        _ slots: Int
    ) async throws {
        let store = makeStore()
        let machine = Machine()
        let condition = WorkerCondition(now: { store.now().store }, probe: { machine.look() })
        var handlers = HandlerRegistry()
        handlers.register(
            "work",
            ClosureHandler { _, _ in
                machine.attempts.add(1, ordering: .relaxed)
                guard machine.isMended.load(ordering: .acquiring) else {
                    condition.letDown(by: Machine.trouble)
                    return .handedBack
                }
                condition.started()
                return .succeeded(nil)
            })
        let client = Client(store)
        let jobs = (0..<100).map { _ in submission("work", client: client) }
        _ = try await store.submit(jobs)
        let events = EventLog()
        try await withWorker(
            handlers, store: store, condition: condition, configuration: WorkerConfiguration(slots: slots),
            events: events
        ) { client, _ in
            await machine.probed.wait(for: "probed", count: 2)
            #expect(condition.trouble?.trouble == Machine.trouble)
            let tried = machine.attempts.load(ordering: .relaxed)
            #expect(tried <= 2 * slots, "\(tried) attempts for \(slots) slots: it did not rest")
            machine.isMended.store(true, ordering: .releasing)
            for job in jobs { _ = try await client.wait(for: job.id) }
        }
        for job in jobs {
            let stored = try #require(try await store.job(job.id))
            #expect(stored.outcome == .succeeded)
            #expect(stored.used == Job.Budgets())
        }
        #expect(condition.trouble == nil)
        let said = events.all
        #expect(said.count { if case .machineTroubled = $0 { true } else { false } } == 1)
        #expect(said.count { if case .machineRecovered = $0 { true } else { false } } == 1)
    }

    @Test func `drains while it rests`() async throws {
        let store = makeStore()
        let machine = Machine()
        let condition = WorkerCondition(now: { store.now().store }, probe: { machine.look() })
        var handlers = HandlerRegistry()
        handlers.register(
            "work",
            ClosureHandler { _, _ in
                condition.letDown(by: Machine.trouble)
                return .handedBack
            })
        let job = submission("work", client: Client(store))
        _ = try await store.submit([job])
        try await withWorker(handlers, store: store, condition: condition) { _, _ in
            await machine.probed.wait(for: "probed")
        }
        #expect(try await store.job(job.id)?.state == .ready)
    }
}
