#if Server
import LovageAPI
import LovageClient
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `POST /jobs`
    func submit(_ call: Call) async throws -> Reply {
        var request: SubmitRequest = try call.request()
        if let key = call.idempotencyKey { request.options.idempotencyKey = key }
        let submission = try await prepared([request], at: { _ in "" })[0]
        let answer = try await submit(
            submission, whenFull: request.whenFull ?? .refuse, within: request.roomWithin, call.caller)
        let view = try await view(answer, of: submission)
        if let error = view.error { throw error }
        return .object(view, status: view.answer == .created ? 201 : 200)
    }

    /// `POST /jobs/bulk`
    func submitMany(_ call: Call) async throws -> Reply {
        let bulk: BulkRequest = try call.request()
        if call.idempotencyKey != nil {
            throw ProblemView(
                .invalidRequest, "an Idempotency-Key header cannot stand for many jobs", field: "Idempotency-Key",
                hint: "give each job its own field idempotencyKey")
        }
        if let index = bulk.jobs.firstIndex(where: { $0.whenFull == .wait }) {
            throw ProblemView(
                .invalidRequest, "field 'jobs[\(index)].whenFull' cannot be wait among many jobs",
                field: "jobs[\(index)].whenFull", hint: "send the refused jobs again")
        }
        let submissions = try await prepared(bulk.jobs, at: { "jobs[\($0)]" })
        let answers = try await store.submit(submissions)
        var views: [SubmitView] = []
        for (answer, submission) in zip(answers, submissions) {
            views.append(try await view(answer, of: submission))
        }
        return .object(BulkView(views))
    }

    /// Makes submissions of requests: those of a registered command are held against its definition, and its options
    /// stand below what the request says; those of a kind or for a queue that nobody has are refused. All problems of all of them are
    /// reported at once; `place` says where a job stands among many.
    private func prepared(_ requests: [SubmitRequest], at place: (Int) -> String) async throws -> [Submission] {
        let commands = try await commands(of: Set(requests.map(\.kind)))
        let unknown = try await UnknownKinds(in: requests, besides: Set(commands.keys), store)
        var invalid: [String] = []
        let wall = store.now().wall
        let submissions = requests.enumerated().map { index, request in
            let command = commands[request.kind]
            let id = JobID(makeUUID(wall))
            let arguments =
                request.typedArguments.map { Parameter.object(typed: $0, as: command?.0.parameters ?? []) }
                ?? request.arguments
            if let command {
                let prefix = place(index).isEmpty ? "" : "\(place(index)): "
                invalid += command.0.problems(with: arguments, of: id).map { prefix + $0 }
            }
            return Submission(
                id: id, kind: request.kind, arguments: arguments,
                options: request.options.applied(to: command?.0.jobOptions ?? JobOptions()), definition: command?.1)
        }
        // A kind that is to wait for its worker waits in whatever queue that one will take from.
        let queues = try await UnknownQueues(
            in: requests.indices
                .filter { requests[$0].unknownQueue != .wait && requests[$0].unknownKind != .wait }
                .map { (submissions[$0].options.queue, $0) }, store)
        let problems = unknown.problems(at: place) + queues.problems(at: place) + invalid
        guard let first = problems.first else { return submissions }
        func field(_ name: String, _ index: Int) -> String {
            place(index).isEmpty ? name : "\(place(index)).\(name)"
        }
        if let index = unknown.names.found.first?.indices.first {
            throw ProblemView(
                .unknownKind, first, field: field("kind", index), hint: try await unknown.hint(), problems: problems)
        }
        if let index = queues.names.found.first?.indices.first {
            throw ProblemView(
                .unknownQueue, first, field: field("queue", index), hint: queues.hint, problems: problems)
        }
        let kinds = commands.keys.sorted().map(\.text).joined(separator: ", ")
        throw ProblemView(
            .invalidArguments, first, field: "arguments", hint: "see the parameters of \(kinds)", problems: problems)
    }

    /// The newest definitions of these kinds, with their versions; a kind that no command defines is left out.
    private func commands(of kinds: Set<Kind>) async throws -> [Kind: (CommandDefinition, Int)] {
        var commands: [Kind: (CommandDefinition, Int)] = [:]
        for kind in kinds {
            guard let stored = try await store.definition(.command, named: kind.text, version: nil),
                case .command(let command) = stored.definition
            else { continue }
            commands[kind] = (command, stored.version.version)
        }
        return commands
    }

    /// Submits; while the queue is full and the caller wants to wait, again at every change of the queue.
    private func submit(
        _ submission: Submission, whenFull: SubmitRequest.WhenFull, within: Duration?, _ caller: Caller
    ) async throws -> SubmitAnswer {
        if whenFull == .refuse { return try await store.submit([submission])[0] }
        let latest = LatestAnswer()
        let patience = min(within ?? .seconds(30), .seconds(Self.longestWait))
        let store = store
        try await wait(for: [.queue(submission.options.queue)], patience, caller) {
            let answer = try await store.submit([submission])[0]
            await latest.set(answer)
            if case .queueFull = answer { return false }
            return true
        }
        return await latest.answer ?? .queueFull(capacity: 0)
    }

    private actor LatestAnswer {
        private(set) var answer: SubmitAnswer?
        func set(_ answer: SubmitAnswer) { self.answer = answer }
    }

    private func view(_ answer: SubmitAnswer, of submission: Submission) async throws -> SubmitView {
        switch answer {
        case .created(let id): SubmitView(id: id, .created)
        // A key stands for its job for a day, also when the queue keeps jobs for less.
        case .repeated(let id): SubmitView(id: id, .repeated, isGone: try await store.job(id) == nil)
        case .merged(let id): SubmitView(id: id, .merged)
        case .keyConflict:
            SubmitView(
                refused: ProblemView(
                    .keyConflict, SubmitError(submission: submission, answer: answer).description,
                    field: "idempotencyKey"))
        case .queueFull:
            SubmitView(
                refused: ProblemView(
                    .queueFull, SubmitError(submission: submission, answer: answer).description, field: "queue",
                    hint: "give whenFull: wait, or raise the queue's capacity"))
        }
    }
}
#endif
