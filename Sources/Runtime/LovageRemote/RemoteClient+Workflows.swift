#if Server
package import LovageAPI
package import LovageCore
package import LovageWorkflow

extension RemoteClient {
    /// Starts a run of a workflow.
    package func run(
        _ name: String, parameters: JSONText = .emptyObject, typedParameters: [TypedText]? = nil
    ) async throws -> WorkflowView {
        try await call(
            .run, body: RunRequest(name: name, parameters: parameters, typedParameters: typedParameters))
    }

    /// One page of runs, newest first.
    package func workflows(
        name: String? = nil, state: RunView.State? = nil, outcome: WorkflowOutcome? = nil, since: WallTime? = nil,
        limit: Int? = nil, after: String? = nil
    ) async throws -> PageView<RunView> {
        try await call(
            .workflows,
            query: [
                ("name", name), ("state", state?.rawValue), ("outcome", outcome?.rawValue),
                ("since", since.map { RFC3339.exactText($0.microseconds) }), ("limit", limit.map(String.init)),
                ("after", after),
            ])
    }

    /// A run with its steps; fails with `unknown_workflow` when none has this id.
    package func workflow(_ id: WorkflowID) async throws -> WorkflowView { try await call(.workflow, [id.description]) }

    /// Waits until a run is finished, or `within` is over (nil for as long as it takes); the state says which.
    package func wait(for id: WorkflowID, within: Duration? = nil) async throws -> WorkflowView {
        try await longPoll(.waitForWorkflow, id.description, within) { (run: WorkflowView) in
            run.run.state == .finished
        }
    }

    /// Cancels a run and every job of it that is not over, those of its failure branches only without `cleanup`.
    package func cancel(_ id: WorkflowID, reason: String = "", cleanup: Bool = true) async throws -> WorkflowView {
        try await call(.cancelWorkflow, [id.description], body: RunCancelRequest(reason: reason, cleanup: cleanup))
    }

    /// Runs every job of a run again that failed or was cancelled; `latest` with the newest versions of their commands.
    package func retry(_ id: WorkflowID, latest: Bool = false) async throws -> RunRetryView {
        try await call(.retryWorkflow, [id.description], body: RetryRequest(latest: latest))
    }

    /// What a run waits for.
    package func explain(_ id: WorkflowID) async throws -> RunExplainView {
        try await call(.explainWorkflow, [id.description])
    }

    /// The newest version of every definition.
    package func definitions() async throws -> [DefinitionView] {
        let answer: DefinitionsView = try await call(.definitions)
        return answer.definitions
    }

    /// One definition; fails with `unknown_definition` when there is none.
    package func definition(_ sort: Definition.Sort, named name: String, version: Int? = nil) async throws
        -> DefinitionView
    {
        try await call(.definition, [sort.rawValue, name], query: [("version", version.map(String.init))])
    }

    /// Stores definitions and scripts, all or none; fails with `invalid_definition` and every problem.
    package func apply(_ request: ApplyRequest) async throws -> ApplyView { try await call(.apply, body: request) }

    /// The graph of a workflow, for drawing.
    package func graph(of name: String) async throws -> GraphView { try await call(.graph, [name]) }
}
#endif
