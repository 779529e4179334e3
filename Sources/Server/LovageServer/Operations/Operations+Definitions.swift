#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

extension Operations {
    /// `GET /definitions`
    func definitions() async throws -> Reply {
        .object(DefinitionsView(try await store.definitions().map(DefinitionView.init)))
    }

    /// `GET /definitions/{sort}/{name}`
    func definition(_ call: Call) async throws -> Reply {
        let text = call.path["sort"] ?? ""
        guard let sort = Definition.Sort(rawValue: text) else {
            let sorts = Definition.Sort.allCases.map(\.rawValue)
            throw ProblemView(
                .unknownPath, "there are no definitions of the sort '\(text.prefix(80))'", field: "sort",
                hint: "use \(sorts.joined(separator: " or "))")
        }
        return .object(DefinitionView(try await known(sort, call)))
    }

    /// `GET /definitions/workflow/{name}/graph`
    func graph(_ call: Call) async throws -> Reply {
        let stored = try await known(.workflow, call)
        guard case .workflow(let workflow) = stored.definition else {
            preconditionFailure("a definition of the sort workflow is a workflow")
        }
        return .object(GraphView(workflow, version: stored.version.version))
    }

    /// `POST /definitions`
    func applyDefinitions(_ call: Call) async throws -> Reply {
        #if Commands
        let answer = try await DefinitionApplier(store: store).apply(try call.request())
        if !answer.isDryRun { try await applied() }
        return .object(answer)
        #else
        throw ProblemView(
            .notSupported, "this server takes no definitions", hint: "it was built without the trait Commands")
        #endif
    }

    private func known(_ sort: Definition.Sort, _ call: Call) async throws -> StoredDefinition {
        let name = call.path["name"] ?? ""
        // Asked of this route only where it has the parameter; the graph is always that of the newest version.
        let version = try call.query.integer("version", in: 1...Int.max)
        if let stored = try await store.definition(sort, named: name, version: version) { return stored }
        let names = try await store.definitions().filter { $0.version.sort == sort }.map(\.version.name)
        if let version, names.contains(name) {
            throw ProblemView(
                .unknownDefinition, "the \(sort.rawValue) '\(name)' has no version \(version)", field: "version")
        }
        throw Self.unknownDefinition(sort, name, among: names)
    }

    static func unknownDefinition(_ sort: Definition.Sort, _ name: String, among names: [String]) -> ProblemView {
        let near = DidYouMean.nearest(to: name, among: names)
        return ProblemView(
            .unknownDefinition, "no \(sort.rawValue) is named '\(name.prefix(200))'", field: "name",
            hint: near.map { "did you mean '\($0)'?" } ?? "upload its definition with 'lovage apply'")
    }
}
#endif
