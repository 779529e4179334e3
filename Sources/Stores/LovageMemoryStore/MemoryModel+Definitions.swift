public import LovageCore
public import LovageStore
public import LovageWorkflow

extension MemoryModel {
    /// Stores definitions and files; answers in order the version that now stands.
    public mutating func save(_ drafts: [DefinitionDraft], files new: [StoredFile]) -> Effect<[DefinitionVersion]> {
        for file in new { files[file.hash] = file }
        var versions: [DefinitionVersion] = []
        for draft in drafts { versions.append(save(draft)) }
        return effect(versions)
    }

    private mutating func save(_ draft: DefinitionDraft) -> DefinitionVersion {
        let name = DefinitionName(sort: draft.definition.sort, name: draft.definition.name)
        let newest = definitions[name]?.last
        if let newest, newest.version.hash == draft.hash { return newest.version }
        let version = DefinitionVersion(
            sort: name.sort, name: name.name, version: (newest?.version.version ?? 0) + 1, hash: draft.hash)
        definitions[name, default: []].append(StoredDefinition(version: version, definition: draft.definition))
        return version
    }

    /// A version of a definition, the newest when `version` is nil.
    public func definition(_ sort: Definition.Sort, named name: String, version: Int?) -> StoredDefinition? {
        let versions = definitions[DefinitionName(sort: sort, name: name)]
        guard let version else { return versions?.last }
        return versions?.first { $0.version.version == version }
    }

    /// The newest version of every definition, by sort and name.
    public func allDefinitions() -> [StoredDefinition] {
        definitions.values.compactMap(\.last).sorted {
            let (left, right) = ($0.version, $1.version)
            if left.sort != right.sort { return left.sort.rawValue < right.sort.rawValue }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    /// The file with this hash.
    public func file(hash: String) -> StoredFile? { files[hash] }

    /// A run.
    public func workflow(_ id: WorkflowID) -> WorkflowRun? { runs[id]?.run }

    /// Runs, newest first.
    public func workflows(_ filter: WorkflowFilter, page: PageRequest) -> Page<WorkflowRun> {
        let candidates = runOrder.descending(before: page.after.map(WorkflowID.init))
        return Page(
            candidates.lazy.compactMap { runs[$0]?.run }.filter(filter.matches), page, id: \.id.uuid, size: \.size)
    }

    /// The jobs of one step in the order of their index.
    public func members(of id: WorkflowID, step: String, offset: Int, limit: Int) -> [Job] {
        (runs[id]?.members[step] ?? []).dropFirst(max(0, offset)).prefix(max(0, limit)).compactMap { jobs[$0] }
    }

    /// The results of all members of one step, in the order of their index.
    public func results(of id: WorkflowID, step: String) -> [JSONText?] { results(of: runs[id]?.members[step] ?? []) }

    func results(of members: [JobID]) -> [JSONText?] { members.map { jobs[$0]?.result } }
}

extension WorkflowFilter {
    fileprivate func matches(_ run: WorkflowRun) -> Bool {
        (name == nil || run.definition.name == name?.text)
            && (isFinished == nil || isFinished == (run.outcome != nil))
            && (outcome == nil || run.outcome == outcome) && first.map { $0 <= run.id.uuid } ?? true
    }
}
