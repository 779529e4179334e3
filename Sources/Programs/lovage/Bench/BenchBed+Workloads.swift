import LovageClient
import LovageCore
import LovageStore
import LovageWorkflow
import Synchronization

extension BenchBed {
    /// Measures one workload; more than one figure where it has more than one shape.
    func run(_ workload: BenchPlan.Workload) async throws -> [BenchFigure] {
        switch workload {
        case .w1: return [try await submitOneByOne(clients: 1), try await submitOneByOne(clients: 16)]
        case .w2: return [try await submitInBulk(of: 100), try await submitInBulk(of: 1_000)]
        case .w3: return [try await drain()]
        case .w4: return [try await produceAndWork()]
        case .w5: return try await pingPong()
        case .w7: return [try await chain(), try await fanOut()]
        case .w8: return [try await idle()]
        }
    }

    private func submitOneByOne(clients: Int) async throws -> BenchFigure {
        let figure = try await measure(.w1, clients == 1 ? "1 submitter" : "\(clients) submitters at once") {
            let isOn = clock()
            let samples = try await withThrowingTaskGroup(of: [Duration].self) { group in
                for _ in 0..<clients {
                    group.addTask {
                        var samples: [Duration] = []
                        while isOn() {
                            let began = ContinuousClock.now
                            try await client.submit(BenchJob.sample)
                            samples.append(ContinuousClock.now - began)
                        }
                        return samples
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            return (samples.count, samples)
        }
        try await empty()
        return figure
    }

    private func submitInBulk(of size: Int) async throws -> BenchFigure {
        let bulk = Array(repeating: BenchJob.sample, count: size)
        let figure = try await measure(.w2, "bulks of \(Spans.grouped(size))") {
            let isOn = clock()
            var samples: [Duration] = []
            while isOn() {
                let began = ContinuousClock.now
                try await client.submit(many: bulk)
                samples.append(ContinuousClock.now - began)
            }
            return (samples.count * size, samples)
        }
        try await empty()
        return figure
    }

    private func drain() async throws -> BenchFigure {
        for _ in 0..<plan.waiting / 1_000 {
            try await client.submit(many: Array(repeating: BenchJob.sample, count: 1_000))
        }
        let count = plan.waiting / 1_000 * 1_000
        let countdown = expect(count)
        return try await measure(.w3, "\(Spans.grouped(count)) waiting jobs, all outcomes stored") {
            try await withWorker { await countdown.wait() }
            return (count, [])
        }
    }

    private func produceAndWork() async throws -> BenchFigure {
        try await withWorker {
            try await measure(.w4, "1 submitter, 1 at a time, until the last outcome is stored") {
                // The worker counts past any end; the producer says at which number it is over.
                let ends = expect(.max)
                let isOn = clock()
                var submitted = 0
                while isOn() {
                    try await client.submit(BenchJob.sample)
                    submitted += 1
                }
                ends.lower(by: .max - submitted)
                await ends.wait()
                return (submitted, [])
            }
        }
    }

    /// Submit to start, and submit to the result in the caller's hands.
    private func pingPong() async throws -> [BenchFigure] {
        try await withWorker {
            var starts: [Duration] = []
            let results = try await measure(.w5, "submit → result") {
                let isOn = clock()
                var samples: [Duration] = []
                while isOn() {
                    let began = ContinuousClock.now
                    _ = try await client.call(BenchPing.sample)
                    samples.append(ContinuousClock.now - began)
                    if let start = BenchPing.started.withLock({ $0 }) { starts.append(start - began) }
                    // An idle worker is one that has had time to fall asleep.
                    try await Timekeeper.continuous.sleep(.milliseconds(3))
                }
                return (samples.count, samples)
            }
            let toStart = BenchFigure(
                workload: .w5, what: "submit → start", jobs: results.jobs, spent: results.spent,
                processor: results.processor, samples: starts.sorted(), fsync: results.fsync)
            return [toStart, results]
        }
    }

    private func chain() async throws -> BenchFigure {
        let steps = (0..<100).map { index in
            WorkflowDefinition.Step(
                name: "step\(index)", kind: BenchJob.kind, needs: index == 0 ? [] : ["step\(index - 1)"],
                arguments: ["payload": .string(BenchJob.sample.payload)])
        }
        try await save(WorkflowDefinition(name: "bench.chain", steps: steps))
        return try await withWorker {
            try await measure(.w7, "chain of 100") {
                try await runToEnd("bench.chain")
                return (100, [])
            }
        }
    }

    private func fanOut() async throws -> BenchFigure {
        let list = JSONValue.array((0..<1_000).map { .number(JSONNumber($0)) })
        let definition = WorkflowDefinition(
            name: "bench.fan", parameters: [Parameter(name: "items", type: .list, defaultValue: list)],
            steps: [
                WorkflowDefinition.Step(
                    name: "member", kind: BenchJob.kind, foreach: "${params.items}",
                    arguments: ["payload": .string(BenchJob.sample.payload)]),
                WorkflowDefinition.Step(
                    name: "callback", kind: BenchJob.kind, needs: ["member"],
                    arguments: ["payload": .string(BenchJob.sample.payload)]),
            ])
        try await save(definition)
        return try await withWorker {
            try await measure(.w7, "fan-out of 1,000 and its callback") {
                try await runToEnd("bench.fan")
                return (1_001, [])
            }
        }
    }

    private func idle() async throws -> BenchFigure {
        try await withWorker {
            // Let what the start of the worker set in motion come to rest.
            try await Timekeeper.continuous.sleep(.milliseconds(500))
            return try await measure(.w8, "no jobs; processor time, of one core") {
                try await Timekeeper.continuous.sleep(plan.span * 2)
                return (0, [])
            }
        }
    }

    private func save(_ definition: WorkflowDefinition) async throws {
        // The hash only tells versions apart, and there is one version here.
        _ = try await store.save(
            [DefinitionDraft(definition: .workflow(definition), hash: definition.name.text)], files: [])
    }

    private func runToEnd(_ name: WorkflowName) async throws {
        let run = try await client.run(name, parameters: [String: Int]())
        guard let ended = try await client.wait(for: run.id), ended.outcome == .succeeded else {
            throw CommandFailure(.jobFailed, "bench: the run of \(name) did not succeed")
        }
    }

    /// Cancels what a submit workload left, so that the next one begins with an empty queue.
    private func empty() async throws {
        while try await store.purge(.default, upTo: 1_000) > 0 {}
    }
}
