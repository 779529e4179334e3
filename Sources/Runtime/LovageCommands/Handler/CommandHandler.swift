#if Commands
import Glibc
public import LovageClient
public import LovageCore
import LovageStore
public import LovageWorker
import LovageWorkflow
import Logging

/// Runs the attempts of command kinds: reads the definition the job was submitted with, puts its files in place, starts
/// the command under a supervisor, and turns its end into a report.
public struct CommandHandler: Handler {
    private let source: any WorkSource
    private let runner: CommandRunner
    private let folders: CommandFolders
    private let environment: [String: String]
    private let condition: WorkerCondition
    private let output: @Sendable (Job, OutputChunk) async -> Void

    /// Makes the handler of all command kinds.
    ///
    /// - Parameters:
    ///   - source: where definitions and files come from.
    ///   - runner: starts the commands.
    ///   - folders: where files and scratch folders are kept.
    ///   - environment: the worker's own environment, of which a definition may inherit names.
    ///   - condition: is told when the machine, and not a command, is why an attempt cannot be run, and when one has started.
    ///   - output: gets what a command writes while it runs.
    public init(
        source: any WorkSource, runner: CommandRunner, folders: CommandFolders, environment: [String: String],
        condition: WorkerCondition,
        output: @escaping @Sendable (Job, OutputChunk) async -> Void
    ) {
        self.source = source
        self.runner = runner
        self.folders = folders
        self.environment = environment
        self.condition = condition
        self.output = output
    }

    /// Longer than any grace between TERM and KILL that a definition may ask for.
    public var stopGrace: Duration { .seconds(60) }

    /// Runs one attempt to its end; when cancelled it ends the command's whole process tree first. An attempt that the
    /// machine lets down is handed back: it costs the job nothing.
    public func run(_ job: Job, _ context: JobContext) async -> AttemptReport {
        do {
            guard let definition = try await source.command(job.kind, version: job.definition) else {
                throw Unrunnable("no command kind is named \(job.kind): apply its definition again")
            }
            return try await run(definition, job, context)
        } catch let trouble as MachineTrouble {
            condition.letDown(by: trouble)
            return .handedBack
        } catch let problem as Unrunnable {
            return .failed(Failure(kind: "command", message: problem.message, isRetryable: problem.isRetryable))
        } catch {
            guard let trouble = Self.trouble(error) else {
                return .failed(Failure(kind: "command", message: "\(error)"))
            }
            condition.letDown(by: trouble)
            return .handedBack
        }
    }

    /// The machine's trouble behind an error; nil when the job, or its definition, is why.
    private static func trouble(_ error: any Error) -> MachineTrouble? {
        switch error {
        case let error as CommandRunner.Failure: error.trouble
        case let error as ScriptCache.Problem: error.error.flatMap { MachineTrouble(ofFiles: $0, error.description) }
        case let error as StoreError where error.code != .bug && error.code != .corrupt:
            MachineTrouble(error.code == .full ? .disk : .store, error.description)
        default: nil
        }
    }

    private func run(_ definition: CommandDefinition, _ job: Job, _ context: JobContext) async throws -> AttemptReport {
        let resolved: ResolvedCommand
        do {
            resolved = try definition.invocation(for: job.arguments, job: job.id, attempt: job.attempts)
        } catch {
            throw Unrunnable(error.problems.joined(separator: "; "))
        }
        let name = "\(job.id)-\(job.attempts)"
        let scratch = try scratch(named: name, for: job)
        let ended: Result<AttemptReport, any Error>
        do {
            ended = .success(try await run(definition, resolved, job, in: scratch, named: name))
        } catch {
            ended = .failure(error)
        }
        for problem in folders.scratch.remove(scratch) {
            context.logger.warning("Files of an attempt stay behind", metadata: ["problem": "\(problem)"])
        }
        let report = try ended.get()
        // Now that nothing of its own is left there, a disk that is still full is not the command's fault, and whatever it
        // failed of may be that.
        if case .failed = report, !Task.isCancelled, let shortage = DiskRoom.shortage(at: folders.scratch.folder) {
            throw shortage
        }
        return report
    }

    private func scratch(named name: String, for job: Job) throws -> AttemptScratch {
        if let shortage = DiskRoom.shortage(at: folders.scratch.folder) { throw shortage }
        do throws(AttemptScratch.Problem) {
            return try folders.scratch.make(named: name, arguments: job.arguments.bytes)
        } catch {
            throw MachineTrouble(ofOurs: error.error ?? EIO, error.description)
        }
    }

    private func run(
        _ definition: CommandDefinition, _ resolved: ResolvedCommand, _ job: Job, in scratch: AttemptScratch,
        named name: String
    ) async throws -> AttemptReport {
        let invocation = try await invocation(definition, resolved, job, scratch)
        let end = try await runner.run(invocation, named: name, started: { [condition] in condition.started() }) {
            [output] in await output(job, $0)
        }
        if let error = end.machineError, case .notStarted(_, let reason) = end.exit {
            throw MachineTrouble(ofOurs: error, reason)
        }
        let rule = ExitCodeRule(retry: definition.retryCodes, skip: definition.skipCodes)
        var unread: MachineTrouble?
        let verdict = rule.verdict(for: end) {
            do throws(AttemptScratch.Problem) {
                return try scratch.readResult()
            } catch {
                unread = error.error.flatMap { MachineTrouble($0, error.description) }
                throw error
            }
        }
        if let unread { throw unread }
        return report(verdict, end)
    }

    private func invocation(
        _ definition: CommandDefinition, _ resolved: ResolvedCommand, _ job: Job, _ scratch: AttemptScratch
    ) async throws -> CommandInvocation {
        let environment = try CommandEnvironment(
            allowed: Set(definition.inherit), fixed: definition.environment
        ).make(
            worker: environment,
            attempt: CommandEnvironment.Attempt(jobID: job.id.description, number: job.attempts, fence: job.fence),
            scratch: scratch)
        var vector = resolved.arguments
        guard let program = vector.first else { throw Unrunnable("the command of \(job.kind) is empty") }
        if !definition.files.isEmpty {
            let folder = try await folders.files.folder(of: definition.files) { hash in
                guard let file = try await source.file(hash: hash) else {
                    throw Unrunnable("the file \(hash) of \(job.kind) is not in the store: apply its definition again")
                }
                return file.contents
            }
            if definition.files[program] != nil { vector[0] = "\(folder)/\(program)" }
        }
        return CommandInvocation(
            executable: vector[0], arguments: Array(vector.dropFirst()), environment: environment,
            workingDirectory: resolved.directory ?? scratch.folder,
            standardInput: Array((resolved.stdin ?? "").utf8), grace: definition.grace,
            outputLimit: definition.outputCap)
    }

    private func report(_ verdict: CommandVerdict, _ end: CommandEnd) -> AttemptReport {
        switch verdict {
        case .succeeded(let result): .succeeded(result)
        case .skipped: .skipped("the command had nothing to do (\(Self.kind(of: end)))")
        case .retry(let message): .failed(Failure(kind: Self.kind(of: end), message: message))
        case .failed(let message, let isRetryable):
            .failed(Failure(kind: Self.kind(of: end), message: message, isRetryable: isRetryable))
        case .timedOut(let message): .timedOut(Failure(kind: "timeout", message: message))
        // The worker made it end and knows why: a limit, a cancel or a drain.
        case .ended: .failed(Failure(kind: "ended", message: "the command was ended"))
        }
    }

    /// What retry rules match: `exit 7`, `signal 9`.
    private static func kind(of end: CommandEnd) -> String {
        switch end.exit {
        case .code(let code): "exit \(code)"
        case .signal(let signal): "signal \(signal)"
        case .notStarted: "not started"
        case .unknown: "unknown"
        }
    }
}

/// The command cannot be run, and trying again would not help.
struct Unrunnable: Error {
    let message: String
    var isRetryable = false
    init(_ message: String) { self.message = message }
}
#endif
