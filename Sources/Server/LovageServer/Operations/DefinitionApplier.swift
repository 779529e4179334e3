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
        let report = try await load(request, stored)
        guard let first = report.problems.first else {
            let drafts = report.definitions.map { DefinitionDraft(definition: $0.definition, hash: $0.hash) }
            let versions = request.isDryRun ? nil : try await save(drafts, report.files)
            let before = Dictionary(
                stored.map { (Self.key($0.definition), $0.version) }, uniquingKeysWith: { first, _ in first })
            let items = drafts.enumerated().map { index, draft in
                Self.item(draft, before: before[Self.key(draft.definition)], after: versions?[index])
            }
            return ApplyView(
                items, warnings: ProblemView.told(report.warnings.map(\.description)), isDryRun: request.isDryRun)
        }
        throw ProblemView(
            .invalidDefinition, first.description, hint: "nothing was stored",
            problems: report.problems.map(\.description))
    }

    private static func key(_ definition: Definition) -> [String] { [definition.sort.rawValue, definition.name] }

    private static func item(
        _ draft: DefinitionDraft, before: DefinitionVersion?, after: DefinitionVersion?
    ) -> ApplyView.Item {
        let change: ApplyView.Item.Change =
            before == nil ? .created : before?.hash == draft.hash ? .unchanged : .changed
        let foreseen = DefinitionVersion(
            sort: draft.definition.sort, name: draft.definition.name,
            version: (before?.version ?? 0) + (change == .unchanged ? 0 : 1), hash: draft.hash)
        return ApplyView.Item(after ?? foreseen, change)
    }

    /// The kinds a step may name besides the uploaded ones are stored commands, and what live workers run.
    private func load(_ request: ApplyRequest, _ stored: [StoredDefinition]) async throws -> LoadReport {
        let scripts = Dictionary(
            request.scripts.map { ($0.path, $0.contents) }, uniquingKeysWith: { _, last in last })
        let commands = stored.commands
        let kinds = try await store.workers().offeredKinds.union(commands.keys)
        return DefinitionLoader(
            knownKinds: kinds, storedCommands: commands, knownQueues: try await KnownQueues.names(in: store)
        ) { scripts[$0] }
        .load(request.files.map { SourceFile(path: $0.path, contents: $0.contents) })
    }

    private func save(_ drafts: [DefinitionDraft], _ files: [LoadedFile]) async throws -> [DefinitionVersion] {
        try await store.save(drafts, files: files.map { StoredFile(hash: $0.hash, contents: $0.contents) })
    }
}
#endif
