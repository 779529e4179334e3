import LovageCore
import LovageStore
import LovageWorkflow

// What the cases about workflows do with the bench. Their workflow is called `flow`, every step runs the kind `work`.

extension Bench {
    func save(
        _ steps: [WorkflowDefinition.Step], parameters: [Parameter] = [], outputs: [JSONMember] = [],
        hash: String = "first"
    ) async throws {
        let definition = WorkflowDefinition(name: "flow", parameters: parameters, steps: steps, outputs: outputs)
        _ = try await store.save([DefinitionDraft(definition: .workflow(definition), hash: hash)], files: [])
    }

    /// Starts a run of what was saved last.
    func startSaved(file: String = #fileID, line: UInt = #line) async throws -> WorkflowRun {
        let answer = try await store.start(WorkflowSubmission(id: WorkflowID(uuid()), name: "flow"))
        guard case .started(let run) = answer else {
            throw ContractViolation(sentence: "the run is started, saw \(answer)", file: file, line: line)
        }
        return run
    }

    /// Saves a workflow and starts a run of it.
    func start(
        _ steps: [WorkflowDefinition.Step], parameters: [Parameter] = [], outputs: [JSONMember] = [],
        file: String = #fileID, line: UInt = #line
    ) async throws -> WorkflowRun {
        try await save(steps, parameters: parameters, outputs: outputs)
        return try await startSaved(file: file, line: line)
    }

    func run(_ id: WorkflowID, file: String = #fileID, line: UInt = #line) async throws -> WorkflowRun {
        try require(try await store.workflow(id), "the run is stored", file: file, line: line)
    }

    func members(_ run: WorkflowRun, _ step: String) async throws -> [Job] {
        try await store.members(of: run.id, step: step, offset: 0, limit: 10_000)
    }

    /// The only job of a step.
    func member(_ run: WorkflowRun, _ step: String, file: String = #fileID, line: UInt = #line) async throws -> Job {
        let members = try await members(run, step)
        try expect(members.count, is: 1, "the jobs of step \(step)", file: file, line: line)
        return members[0]
    }

    /// Where the jobs of a run stand, by step.
    func states(of run: WorkflowRun) async throws -> [String: JobState.Name] {
        let jobs = try await all(JobFilter(workflow: run.id))
        return Dictionary(jobs.map { ($0.stepName, $0.state.name) }) { first, _ in first }
    }

    /// Claims all that is ready, by step: `name`, or `name[index]` for a member of a `foreach`.
    func claimSteps(_ worker: WorkerID) async throws -> [String: Job] {
        Dictionary(try await claim(worker, upTo: 10_000).map { ($0.stepName, $0) }) { first, _ in first }
    }

    /// Ends the attempt of one of the steps that were claimed.
    func end(
        _ running: [String: Job], _ step: String, _ report: AttemptReport = .succeeded(nil), file: String = #fileID,
        line: UInt = #line
    ) async throws {
        let job = try require(running[step], "step \(step) runs", file: file, line: line)
        try await reported(job, report, file: file, line: line)
    }
}

extension Job {
    fileprivate var stepName: String {
        guard let membership else { return "none" }
        return membership.index.map { "\(membership.step)[\($0)]" } ?? membership.step
    }
}

extension WorkflowDefinition.Step {
    /// A step of the kind `work`.
    static func run(
        _ name: String, needs: [String] = [], rule: WorkflowDefinition.NeedsRule = .allSucceeded, when: String? = nil,
        foreach: String? = nil, with arguments: JSONValue = [:], retries: Int? = nil,
        unique: WorkflowDefinition.UniqueOverride? = nil
    ) -> Self {
        var overrides = WorkflowDefinition.Overrides(retries: retries, unique: unique)
        if retries != nil { overrides.backoff = .fixed(.zero) }
        return Self(
            name: name, kind: "work", needs: needs, rule: rule, when: when, foreach: foreach, arguments: arguments,
            overrides: overrides)
    }
}
