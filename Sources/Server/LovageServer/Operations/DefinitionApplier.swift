#if Server && Commands
import LovageAPI
import LovageCore
import LovageDefinitions
import LovageStore
import LovageWorkflow

/// Checks uploaded definitions with everything they name, and stores them all or none.
struct DefinitionApplier: Sendable {
    let store: any Store

    /// Stores what the request holds, or says what storing it would do; throws every problem at once.
    func apply(_ request: ApplyRequest) async throws -> ApplyView {
        let stored = try await store.definitions()
        let report = load(request, knownKinds: try await knownKinds(stored))
        guard report.problems.isEmpty else {
            throw ProblemView(
                .invalidDefinition, report.problems[0].description, hint: "nothing was stored",
                problems: report.problems.map(\.description))
        }
        let drafts = report.definitions.map { DefinitionDraft(definition: $0.definition, hash: $0.hash) }
        let versions = request.isDryRun ? nil : try await save(drafts, report.files)
        let items = drafts.enumerated().map { index, draft in
            let before = stored.first {
                $0.version.sort == draft.definition.sort && $0.version.name == draft.definition.name
            }?.version
            let change: ApplyView.Item.Change =
                before == nil ? .created : before?.hash == draft.hash ? .unchanged : .changed
            let foreseen = DefinitionVersion(
                sort: draft.definition.sort, name: draft.definition.name,
                version: (before?.version ?? 0) + (change == .unchanged ? 0 : 1), hash: draft.hash)
            return ApplyView.Item(versions?[index] ?? foreseen, change)
        }
        return ApplyView(items, warnings: report.warnings.map(\.description), isDryRun: request.isDryRun)
    }

    private func load(_ request: ApplyRequest, knownKinds: Set<Kind>) -> LoadReport {
        let scripts = Dictionary(
            request.scripts.map { ($0.path, $0.contents) }, uniquingKeysWith: { _, last in last })
        return DefinitionLoader(knownKinds: knownKinds) { scripts[$0] }
            .load(request.files.map { SourceFile(path: $0.path, contents: $0.contents) })
    }

    private func save(_ drafts: [DefinitionDraft], _ files: [LoadedFile]) async throws -> [DefinitionVersion] {
        try await store.save(drafts, files: files.map { StoredFile(hash: $0.hash, contents: $0.contents) })
    }

    /// The kinds a step may name besides the uploaded ones: stored commands, and what live workers run.
    private func knownKinds(_ stored: [StoredDefinition]) async throws -> Set<Kind> {
        try await store.workers().offeredKinds.union(stored.commandKinds)
    }
}
#endif
