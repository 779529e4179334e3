import LovageAPI
import LovageCore
import LovageRemote

/// The job or the run that an id on the command line names.
enum Target: Sendable, Hashable {
    case job(JobID)
    case run(WorkflowID)

    var description: String {
        switch self {
        case .job(let id): id.description
        case .run(let id): id.description
        }
    }
}

extension RemoteClient {
    /// The job or run that `text` names: an id, its first six characters or more, or its last eight.
    func target(_ text: String) async throws -> Target {
        guard PartialID(text) != nil else { throw CommandFailure.noID(text) }
        let view = try await find(text)
        let targets = view.found.filter { $0.sort == .job || $0.sort == .run }
        guard let first = targets.first else {
            throw CommandFailure.usage(
                "'\(Harmless.line(text))' is the \(view.found.first?.sort.rawValue ?? "name") of no job and no run: see it "
                    + "with: lovage show \(Harmless.line(text))")
        }
        guard targets.count == 1 else { throw CommandFailure.ambiguous(text, targets, hasMore: view.hasMore) }
        let uuid = UUIDv7(first.reference)
        guard let uuid else { throw CommandFailure.noID(first.reference) }
        return first.sort == .job ? .job(JobID(uuid)) : .run(WorkflowID(uuid))
    }

    /// The run that `text` names; for a job of a run, that run.
    func run(named text: String) async throws -> WorkflowID {
        switch try await target(text) {
        case .run(let id): return id
        case .job(let id):
            guard let run = try await job(id).workflow?.id else {
                throw CommandFailure.usage("\(id) is a job and belongs to no run: see it with: lovage show \(id)")
            }
            return run
        }
    }
}

extension RemoteClient {
    /// The run that `text` names. A job is refused, for what would happen to its run is more than was asked for.
    func onlyRun(named text: String, orElse command: String) async throws -> WorkflowID {
        switch try await target(text) {
        case .run(let id): return id
        case .job(let id): throw CommandFailure.usage("\(id) is a job and no run: say '\(command) \(id)'")
        }
    }
}

extension CommandFailure {
    /// What was given is not even a part of an id.
    static func noID(_ text: String) -> CommandFailure {
        .usage(
            "'\(Harmless.line(text.prefix(60)))' is no id: ids look like 01930a3e-0000-7000-8000-000000000000; their first "
                + "six characters or more, or their last eight, do as well")
    }

    /// What was given may be several things.
    static func ambiguous(_ text: String, _ found: [FoundView], hasMore: Bool) -> CommandFailure {
        let lines = found.map { "\n  \($0.sort.rawValue) \($0.reference)  \(Harmless.line($0.about))" }
        return .usage(
            "'\(Harmless.line(text))' may be any of these; give more of it:" + lines.joined()
                + (hasMore ? "\n  and more" : ""))
    }
}
