#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// Finds what people mean by an id, a part of one, or a name: the only place that knows, for every client.
struct IDFinder: Sendable {
    let store: any Store
    /// How many of the newest jobs, and runs, the end of an id is looked for in.
    static let mostRecent = 10_000

    /// The ids a part of one may stand for, newest first; one more than are ever named, so that "more" can be told.
    private func ids<ID: Identifier>(
        _ partial: PartialID, in range: (ClosedRange<UUIDv7>, Int) async throws(StoreError) -> [ID]
    ) async throws -> [ID] {
        let begun = try await range(partial.range, FindView.most + 1)
        guard partial.mayBeEnd else { return begun }
        let ended = try await range(UUIDv7.all, Self.mostRecent).filter { partial.isEnd(of: $0.uuid) }
        return begun + ended.filter { !begun.contains($0) }
    }

    func jobs(_ partial: PartialID) async throws -> [JobID] {
        try await ids(partial) { range, limit throws(StoreError) in try await store.jobIDs(in: range, limit: limit) }
    }

    func runs(_ partial: PartialID) async throws -> [WorkflowID] {
        try await ids(partial) { range, limit throws(StoreError) in try await store.runIDs(in: range, limit: limit) }
    }

    // MARK: The id in a path

    /// The whole id that the one in the path of a call stands for; one that is whole already is taken as it is.
    func completed(_ text: String, of route: Route) async throws -> String {
        guard let partial = PartialID(text) else { return text }
        if let whole = partial.whole { return whole.description }
        let isRun = route.path.hasPrefix("/workflows/")
        let found = isRun ? try await runs(partial).map(\.uuid) : try await jobs(partial).map(\.uuid)
        let noun = isRun ? "run" : "job"
        guard let id = found.first else {
            throw ProblemView(
                isRun ? .unknownWorkflow : .unknownJob, "no \(noun) has an id that begins or ends with '\(text)'",
                field: "id", hint: "an end is looked for among the newest \(Self.mostRecent)")
        }
        guard found.count == 1 else { throw Self.ambiguous(text, found.map { "\(noun) \($0)" }) }
        return id.description
    }

    static func ambiguous(_ text: String, _ candidates: [String]) -> ProblemView {
        let named = candidates.prefix(FindView.most).joined(separator: ", ")
        let more = candidates.count > FindView.most ? " and more" : ""
        return ProblemView(
            .ambiguousID, "'\(text)' may be any of: \(named)\(more)", field: "id", hint: "give more of it")
    }

    // MARK: Anything

    /// Everything that `text` may stand for.
    func find(_ text: String) async throws -> FindView {
        var finds = Finds()
        let partial = PartialID(text)
        if let whole = partial?.whole {
            finds.add(try await jobs(named: [JobID(whole)]))
            finds.add(try await runs(named: [WorkflowID(whole)]))
            // Nothing else has this id, and what people call a thing never looks like it.
            if !finds.found.isEmpty { return finds.view }
        } else if let partial {
            finds.add(try await jobs(named: jobs(partial)))
            finds.add(try await runs(named: runs(partial)))
        }
        let workers = try await store.workers()
        finds.add(
            workers.filter { $0.record.name == text || partial?.matches($0.record.id.uuid) == true }.map {
                FoundView(
                    .worker, $0.record.id.description, "\($0.record.name), \($0.running) of \($0.record.slots) slots")
            })
        let queues = try await store.queues()
        finds.add(
            queues.filter { $0.name.text == text }.map {
                FoundView(.queue, text, "\($0.waiting) wait, \($0.running) run")
            })
        for (sort, shown) in [(Definition.Sort.command, FoundView.Sort.command), (.workflow, .workflow)] {
            guard let stored = try await store.definition(sort, named: text, version: nil) else { continue }
            finds.add([FoundView(shown, text, "version \(stored.version.version)")])
        }
        guard finds.found.isEmpty else { return finds.view }
        let definitions = try await store.definitions().map(\.version.name)
        throw Self.unknown(
            text, partial, names: definitions + queues.map(\.name.text) + workers.map(\.record.name))
    }

    /// What was found so far: of each sort as many as are named.
    private struct Finds {
        private(set) var found: [FoundView] = []
        private var hasMore = false
        var view: FindView { FindView(found, hasMore: hasMore) }

        mutating func add(_ some: [FoundView]) {
            found += some.prefix(FindView.most)
            hasMore = hasMore || some.count > FindView.most
        }
    }

    private func jobs(named ids: [JobID]) async throws -> [FoundView] {
        var found: [FoundView] = []
        for id in ids.prefix(FindView.most + 1) {
            guard let job = try await store.job(id) else { continue }
            found.append(
                FoundView(.job, id.description, "\(job.kind) \(job.outcome?.name.rawValue ?? job.state.name.rawValue)"))
        }
        return found
    }

    private func runs(named ids: [WorkflowID]) async throws -> [FoundView] {
        var found: [FoundView] = []
        for id in ids.prefix(FindView.most + 1) {
            guard let run = try await store.workflow(id) else { continue }
            found.append(
                FoundView(.run, id.description, "\(run.definition.name) \(run.outcome?.rawValue ?? "running")"))
        }
        return found
    }

    private static func unknown(_ text: String, _ partial: PartialID?, names: [String]) -> ProblemView {
        let shown = text.prefix(200)
        if let near = DidYouMean.nearest(to: text, among: names) {
            return ProblemView(
                .unknownID, "nothing here has the id or name '\(shown)'", field: "text", hint: "did you mean '\(near)'?"
            )
        }
        guard let partial else {
            return ProblemView(
                .unknownID, "nothing here has the id or name '\(shown)'", field: "text",
                hint: "an id is given whole, by its first six characters or more, or by its last eight")
        }
        guard partial.whole != nil else {
            return ProblemView(
                .unknownID, "no job, run or worker has an id that begins or ends with '\(shown)'", field: "text",
                hint: "an end is looked for among the newest \(mostRecent)")
        }
        return ProblemView(
            .unknownID, "no job, run or worker has the id \(shown)", field: "text",
            hint: "it was never submitted here, or it is no longer kept")
    }
}

extension Operations {
    /// `GET /find/{text}`
    func find(_ call: Call) async throws -> Reply {
        .object(try await IDFinder(store: store).find(call.path["text"] ?? ""))
    }
}
#endif
