#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `POST /workflows`
    func run(_ call: Call) async throws -> Reply {
        let request: RunRequest = try call.request()
        let name: WorkflowName
        do {
            name = try WorkflowName(validating: request.name)
        } catch {
            throw ProblemView(.invalidRequest, "field 'name': \(error.description)", field: "name")
        }
        let submission = WorkflowSubmission(
            id: WorkflowID(makeUUID(store.now().wall)), name: name, parameters: try await parameters(of: request))
        switch try await store.start(submission) {
        case .started(let run): return try await view(run, status: 201)
        case .unknown(let name):
            let names = try await store.definitions().filter { $0.version.sort == .workflow }.map(\.version.name)
            throw Self.unknownDefinition(.workflow, name.text, among: names)
        case .invalid(let problems):
            throw ProblemView(
                .invalidArguments, problems.first ?? "the parameters do not fit", field: "parameters",
                hint: "see the parameters of \(name)", problems: problems)
        }
    }

    /// What the texts that people typed mean in this workflow; one that is not known takes any, to be refused as that.
    private func parameters(of request: RunRequest) async throws -> JSONText {
        guard let typed = request.typedParameters else { return request.parameters }
        guard
            case .workflow(let workflow) = try await store.definition(.workflow, named: request.name, version: nil)?
                .definition
        else { return Parameter.object(typed: typed) }
        return Parameter.object(typed: typed, as: workflow.parameters)
    }

    /// `GET /workflows`
    func workflows(_ call: Call) async throws -> Reply {
        let state = try call.query.word("state", RunView.State.self)
        let filter = WorkflowFilter(
            name: try call.query.name("name"), isFinished: state.map { $0 == .finished },
            outcome: try call.query.word("outcome"), first: try call.query.firstID(since: "since"))
        let page = try await store.workflows(filter, page: try call.query.page())
        let now = store.now()
        return .object(PageView(page) { RunView($0, at: now) })
    }

    /// `GET /workflows/{id}`
    func workflow(_ call: Call) async throws -> Reply { try await view(try await known(try call.id(WorkflowID.self))) }

    /// `GET /workflows/{id}/wait`
    func waitForWorkflow(_ call: Call) async throws -> Reply {
        let id: WorkflowID = try call.id()
        let store = store
        try await wait(for: [.workflow(id)], try patience(of: call), call.caller) {
            try await store.workflow(id).map { $0.outcome != nil } ?? true
        }
        return try await view(try await known(id))
    }

    /// `POST /workflows/{id}/cancel`
    func cancelWorkflow(_ call: Call) async throws -> Reply {
        let request: RunCancelRequest = try call.request()
        let id: WorkflowID = try call.id()
        guard let run = try await store.cancelWorkflow(id, reason: request.reason, cleanup: request.cleanup) else {
            throw try await unknown(id)
        }
        return try await view(run)
    }

    /// `GET /workflows/{id}/explain`
    func explainWorkflow(_ call: Call) async throws -> Reply {
        let run = try await known(try call.id(WorkflowID.self))
        return .object(
            try await RunExplainer(store: store, explainer: jobExplainer).explain(run, try await definition(of: run)))
    }

    func known(_ id: WorkflowID) async throws -> WorkflowRun {
        guard let run = try await store.workflow(id) else { throw try await unknown(id) }
        return run
    }

    /// What is said of an id that no run has; that of a job is told apart.
    private func unknown(_ id: WorkflowID) async throws -> ProblemView {
        if let job = try await store.job(JobID(id.uuid)) {
            let run = job.membership.map { " of the run \($0.workflow)" } ?? ""
            return ProblemView(
                .unknownWorkflow, "\(id) is a job\(run) and no run", field: "id", hint: "see \(Route.base)/jobs/\(id)")
        }
        return ProblemView(
            .unknownWorkflow, "no run has the id \(id)", field: "id",
            hint: "it was never started here, or it is no longer kept")
    }

    /// The definition of the version a run keeps.
    func definition(of run: WorkflowRun) async throws -> WorkflowDefinition? {
        let version = run.definition
        guard
            case .workflow(let workflow) = try await store.definition(
                .workflow, named: version.name, version: version.version)?.definition
        else { return nil }
        return workflow
    }

    /// A run with its steps and what their jobs say together. Complexity: O(jobs of the run).
    private func view(_ run: WorkflowRun, status: Int = 200) async throws -> Reply {
        let definition = try await definition(of: run)
        let byName = Dictionary(
            (definition?.steps ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let now = store.now()
        var steps: [StepView] = []
        for step in run.steps {
            var members = StepView.Members()
            try await eachSlice(of: run.id, step.name) { jobs in for job in jobs { members.add(job) } }
            steps.append(StepView(step, byName[step.name], members, at: now))
        }
        return .object(WorkflowView(RunView(run, at: now), steps: steps), status: status)
    }

    /// Goes through the jobs of a step in the order of their index, a thousand at a time and without what is long.
    func eachSlice(of id: WorkflowID, _ step: String, _ body: ([Job]) async throws -> Void) async throws {
        let slice = 1_000
        var offset = 0
        while true {
            let jobs = try await store.members(of: id, step: step, offset: offset, limit: slice, whole: [])
            try await body(jobs.map(\.job))
            offset += jobs.count
            if jobs.count < slice { return }
        }
    }
}
#endif
