import LovageClient
import LovageCore
import LovageStore
import LovageWorkflow

// W7: steps behind steps.
extension BenchBed {
    /// Samples are whole runs divided by their steps.
    func chain() async throws -> BenchFigure {
        let count = 100
        let steps = (0..<count).map { index in
            WorkflowDefinition.Step(
                name: "step\(index)", kind: BenchJob.kind, needs: index == 0 ? [] : ["step\(index - 1)"],
                arguments: ["payload": .string(BenchJob.sample.payload)])
        }
        return try await repeatRuns(
            WorkflowDefinition(name: "bench.chain", steps: steps), jobs: count, samplesPerRun: count)
    }

    /// Samples are whole runs.
    func fanOut() async throws -> BenchFigure {
        let count = 1_000
        let list = JSONValue.array((0..<count).map { .number(JSONNumber($0)) })
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
        return try await repeatRuns(definition, jobs: count + 1, samplesPerRun: 1)
    }

    /// Runs a workflow, one run after the other, until the span is over; the first run is not counted.
    private func repeatRuns(_ definition: WorkflowDefinition, jobs: Int, samplesPerRun: Int) async throws -> BenchFigure
    {
        // The hash only tells versions apart, and there is one version here.
        _ = try await store.save(
            [DefinitionDraft(definition: .workflow(definition), hash: definition.name.text)], files: [])
        _ = recorded.expect(.max)
        let figure = try await withWorker {
            try await runToEnd(definition.name)
            return try await measure {
                let isOn = clock()
                var samples: [Duration] = []
                repeat {
                    let began = ContinuousClock.now
                    try await runToEnd(definition.name)
                    samples.append((ContinuousClock.now - began) / samplesPerRun)
                } while isOn()
                return Done(jobs: jobs * samples.count, samples: samples)
            }
        }
        try await checkEnds(atLeast: figure.jobs + jobs, result: BenchJob.result)
        return figure
    }

    private func runToEnd(_ name: WorkflowName) async throws {
        let run = try await client.run(name, parameters: [String: Int]())
        guard let ended = try await client.wait(for: run.id), ended.outcome == .succeeded else {
            throw Self.wrong("the run of \(name) did not succeed")
        }
    }
}
