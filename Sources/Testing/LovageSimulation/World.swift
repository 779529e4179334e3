import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

// One world: a server with a store, workers, clients and a person, a network between them, and one timeline.
//
// The machines are the production ones: `MemoryModel` with `Job.applying` and `WorkflowMachine` behind it, `ClaimLoop`,
// the worker's rule for giving its lease up. The server answers after a commit, as every durable store does: its model
// is a value, `durable` is the copy a crash falls back to, and replies wait for the commit that makes them true.

final class World {
    let seed: UInt64
    let plan: Plan
    let mutant: Mutant?
    var now: Int64 = 0
    var wallShift: Int64 = 0
    var timeline = Timeline<Happening>()
    var network: Seeded
    var faults: Seeded
    var work: Seeded
    var ids: Seeded
    var trials: Seeded

    var server = ServerNode()
    var workers: [WorkerNode] = []
    var clients: [ClientNode] = []
    var person = PersonNode()
    var nextRequest = 0
    var checker: Checker
    var sink = FencedSink()
    var seen: Set<Sometimes> = []
    var trace = TraceHash()
    var events = 0
    var log: [String]?

    init(seed: UInt64, plan: Plan, mutant: Mutant? = nil, keepsLog: Bool = false) {
        self.seed = seed
        self.plan = plan
        self.mutant = mutant
        network = Seeded(seed, stream: 2)
        faults = Seeded(seed, stream: 3)
        work = Seeded(seed, stream: 4)
        ids = Seeded(seed, stream: 5)
        trials = Seeded(seed, stream: 6)
        checker = Checker(plan: plan)
        log = keepsLog ? [] : nil
    }

    /// Both clocks of the server. Store time begins in 2026 and never jumps.
    var moment: Moment {
        Moment(
            store: StoreTime(microseconds: Self.epoch + now), wall: WallTime(microseconds: Self.epoch + now + wallShift)
        )
    }
    static let epoch: Int64 = 1_767_225_600_000_000
    static let queues: [QueueName] = ["default", "slow"]

    var hasFaults: Bool { now < plan.faultsEnd }

    func run() throws(Violation) {
        begin()
        while let (time, event) = timeline.next() {
            now = time
            events += 1
            trace.add(UInt64(bitPattern: time))
            try happen(event)
            if isOver { break }
            if now > plan.end { throw Violation(.everythingEnds, checker.stuck(server.model)) }
        }
        if server.isCommitting { try commit() }
        try checker.finish(
            server.model, acknowledged: clients.flatMap(\.acknowledged), sink: sink, at: moment, seen: &seen)
        try tryOnCopies()
        trace.add(UInt64(checker.last.count))
    }

    private func begin() {
        let drafts = Workflows.definitions.map { DefinitionDraft(definition: .workflow($0), hash: $0.name.text) }
        _ = server.model.save(drafts, files: [])
        if plan.bounded { _ = server.model.set(QueueSettings(capacity: Plan.capacity), for: "default") }
        server.durable = server.model
        for index in 0..<plan.workers {
            workers.append(WorkerNode(index: index, slots: plan.slots))
            timeline.plan(.worker(index, life: 0, .begin), at: Int64(index) * 1_000)
        }
        for index in 0..<2 {
            clients.append(ClientNode(index: index, remaining: plan.jobs / 2))
            timeline.plan(.client(index, .submitNext), at: 500 + Int64(index))
        }
        timeline.plan(.serverTick, at: 50_000)
        for _ in 0..<plan.workerCrashes {
            timeline.plan(.workerCrash(Int(faults.pick(0...Int64(plan.workers - 1)))), at: someTime())
        }
        for _ in 0..<plan.workerPauses {
            let length = faults.pick(plan.leaseMicroseconds / 4...plan.leaseMicroseconds * 7 / 2)
            timeline.plan(.workerPause(Int(faults.pick(0...Int64(plan.workers - 1))), length), at: someTime())
        }
        for _ in 0..<plan.workerStops {
            timeline.plan(.workerStop(Int(faults.pick(0...Int64(plan.workers - 1)))), at: someTime())
        }
        for _ in 0..<plan.serverCrashes { timeline.plan(.serverCrash, at: someTime()) }
        for _ in 0..<plan.serverPauses {
            timeline.plan(.serverPause(faults.pick(100_000...plan.leaseMicroseconds * 3)), at: someTime())
        }
        for _ in 0..<plan.wallJumps {
            timeline.plan(.wallJump(faults.pick(-3_600_000_000...3_600_000_000)), at: someTime())
        }
        for _ in 0..<plan.cancels { timeline.plan(.person(.cancelSome), at: someTime()) }
        for _ in 0..<plan.retries { timeline.plan(.person(.retrySome), at: someTime()) }
        for _ in 0..<plan.queuePauses { timeline.plan(.person(.pauseQueue), at: someTime()) }
        // Faults may leave a queue paused, and jobs that wait for a moment an hour off; afterwards both are put right.
        timeline.plan(.wallJump(3_700_000_000), at: plan.faultsEnd + 1_000)
        for wait in [4_000_000, 12_000_000] as [Int64] {
            timeline.plan(.person(.resumeQueue), at: plan.faultsEnd + wait)
        }
        for number in 0..<plan.workflows { timeline.plan(.person(.startWorkflow(number)), at: someTime() / 2) }
        if plan.workflows > 0, plan.cancels > 3 { timeline.plan(.person(.cancelSomeWorkflow), at: someTime()) }
    }

    private func someTime() -> Int64 { faults.pick(10_000...plan.faultsEnd) }

    private func happen(_ event: Happening) throws(Violation) {
        note(event)
        switch event {
        case .request(let from, let id, let request): try serve(request, id: id, from: from)
        case .reply(let to, let id, let reply): try deliver(reply, id: id, to: to)
        case .wake(let worker): try wake(worker)
        case .commit: try commit()
        case .serverTick: try serverTick()
        case .serverCrash: try serverCrash()
        case .serverStart: serverStart()
        case .serverPause(let length): serverPause(length)
        case .wallJump(let shift):
            wallShift = shift
            seen.insert(.wallJumped)
        case .client(let index, let step): try take(step, client: index)
        case .worker(let index, let life, let step): try take(step, worker: index, life: life)
        case .workerCrash(let index): crash(worker: index)
        case .workerStop(let index): try stop(worker: index)
        case .workerPause(let index, let length): pause(worker: index, for: length)
        case .person(let step): try take(step)
        }
    }

    /// Everything was submitted and has ended, and the faults are over.
    private var isOver: Bool {
        !hasFaults && clients.allSatisfy { $0.remaining == 0 && $0.outstanding == nil }
            && person.outstanding.isEmpty && server.waiting.isEmpty && checker.allEnded(server.model)
    }

    // MARK: Network

    func send(_ request: Request, from node: Node) -> Int {
        nextRequest += 1
        let copies = hasFaults && network.chance(plan.duplicate) ? 2 : 1
        if copies == 2 { seen.insert(.duplicateRequest) }
        for _ in 0..<copies where !(hasFaults && network.chance(plan.dropRequest)) {
            timeline.plan(.request(from: node, id: nextRequest, request), at: now + delay())
        }
        return nextRequest
    }

    func answer(_ reply: Reply, to node: Node, id: Int) {
        let copies = hasFaults && network.chance(plan.duplicate) ? 2 : 1
        for _ in 0..<copies where !(hasFaults && network.chance(plan.dropReply)) {
            timeline.plan(.reply(to: node, id: id, reply), at: now + delay())
        }
    }

    private func delay() -> Int64 {
        if hasFaults, network.chance(plan.longDelay) { return network.pick(10_000...plan.leaseMicroseconds * 3 / 2) }
        return network.pick(50...2_000)
    }

    private func deliver(_ reply: Reply, id: Int, to node: Node) throws(Violation) {
        switch node {
        case .client(let index): try received(reply, id: id, client: index)
        case .worker(let index): try received(reply, id: id, worker: index)
        case .person: person.outstanding[id] = nil
        }
    }

    private func note(_ event: Happening) {
        if log != nil { log?.append("\(now) \(event)") }
    }
}

/// FNV-1a over what happened: two runs of one seed must give the same.
struct TraceHash: Equatable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01B3 }
}
