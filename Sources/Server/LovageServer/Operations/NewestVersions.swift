#if Server
import LovageAPI
import LovageCore
import LovageStore
import LovageWorkflow

/// The newest versions of the commands that jobs run, for those who want them run again with these.
struct NewestVersions {
    let store: any Store
    private var newest: [Kind: StoredDefinition?] = [:]
    private var defaults: [Past: JobOptions] = [:]

    private struct Past: Hashable {
        let kind: Kind
        let version: Int
    }

    init(_ store: any Store) { self.store = store }

    /// The version that `job` is to run instead of its own; nil when it has the newest, or is of a Swift kind.
    ///
    /// - Throws: `ProblemView` that names every argument which the newer version does not take.
    mutating func version(for job: Job) async throws -> JobVersion? {
        guard let stored = try await stored(job.kind), case .command(let command) = stored.definition,
            stored.version.version != job.definition
        else { return nil }
        if !job.awaitsArguments { try Self.check(job, stored.version.version, command) }
        return JobVersion(
            definition: stored.version.version, of: job, from: try await options(of: job), to: command.options)
    }

    private mutating func stored(_ kind: Kind) async throws -> StoredDefinition? {
        if let known = newest[kind] { return known }
        let stored = try await store.definition(.command, named: kind.text, version: nil)
        newest[kind] = .some(stored)
        return stored
    }

    /// What the version that `job` ran says of its jobs; the defaults of all jobs when it ran none.
    private mutating func options(of job: Job) async throws -> JobOptions {
        guard let version = job.definition else { return JobOptions() }
        let past = Past(kind: job.kind, version: version)
        if let known = defaults[past] { return known }
        guard
            case .command(let command) = try await store.definition(
                .command, named: job.kind.text, version: version)?.definition
        else { return JobOptions() }
        defaults[past] = command.options
        return command.options
    }

    private static func check(_ job: Job, _ version: Int, _ command: CommandDefinition) throws {
        do {
            _ = try Parameter.check(job.arguments, against: command.parameters, noun: "argument")
        } catch {
            throw ProblemView(
                .invalidArguments,
                "job \(job.id) does not fit \(job.kind) v\(version): \(error.problems.first ?? "its arguments differ")",
                field: "arguments", hint: "retry it without latest, or submit a new job", problems: error.problems)
        }
    }
}

extension Job {
    /// True for a step that was never settled: its workflow has not worked out its arguments yet.
    fileprivate var awaitsArguments: Bool { membership != nil && attempts == 0 && arguments == .emptyObject }
}
#endif
