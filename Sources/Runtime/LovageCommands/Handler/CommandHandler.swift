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

    /// True: its supervisors end what they started.
    public var runsProcesses: Bool { true }

    /// What the definition gives its processes between TERM and KILL, and half a minute for the kernel to end them.
    public func stopGrace(of job: Job) async -> Duration {
        do {
            let definition = try await source.command(job.kind, version: job.definition)
            return (definition?.grace ?? .zero) + .seconds(30)
        } catch {
            // The source says more when the attempt is reported; nothing is stopped earlier for it.
            return .seconds(300)
        }
    }

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
            return .failed(
                Failure(kind: CommandFailureKind.command, message: problem.message, isRetryable: problem.isRetryable))
        } catch {
            guard let trouble = Self.trouble(error) else {
                return .failed(Failure(kind: CommandFailureKind.command, message: "\(error)"))
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
        let files = try await filesFolder(of: definition)
        let resolved: ResolvedCommand
        do {
            resolved = try definition.invocation(
                for: job.arguments, job: job.id, attempt: job.attempts, files: files)
        } catch {
            throw Unrunnable(error.problems.joined(separator: "; "))
        }
        let name = "\(job.id)-\(job.attempts)"
        let scratch = try scratch(named: name, for: job)
        let ended: Result<AttemptReport, any Error>
        do {
            ended = .success(try await run(definition, resolved, job, in: scratch, files, named: name))
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
        _ files: String?, named name: String
    ) async throws -> AttemptReport {
        var invocation = try invocation(definition, resolved, job, scratch, files)
        let limits = AttemptLimits(of: job, beginning: source.now())
        (invocation.softLimit, invocation.hardLimit) = (limits.soft, limits.hard)
        let heard = HeardWords()
        let end = try await runner.run(
            invocation, named: name, started: { [condition] in condition.started() },
            output: { [output] chunk in
                heard.take(chunk)
                await output(job, chunk)
            })
        if let error = end.machineError, case .notStarted(_, let reason) = end.exit {
            throw MachineTrouble(ofOurs: error, reason)
        }
        if let note = Self.note(on: end) {
            await output(job, heard.note(note, on: invocation.mergesStreams ? .standardOutput : .standardError))
        }
        let rule = ExitCodeRule(retry: definition.retryCodes, skip: definition.skipCodes)
        let words = heard.text(merged: invocation.mergesStreams)
        var unread: MachineTrouble?
        let verdict = rule.verdict(for: end, limits: limits, lastWords: words) {
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

    /// What the reader of the output should know about the end.
    private static func note(on end: CommandEnd) -> String? {
        switch end.leftBehind {
        case 0: nil
        case 1: "1 process that the command had left behind was ended"
        default: "\(end.leftBehind) processes that the command had left behind were ended"
        }
    }

    private func invocation(
        _ definition: CommandDefinition, _ resolved: ResolvedCommand, _ job: Job, _ scratch: AttemptScratch,
        _ files: String?
    ) throws -> CommandInvocation {
        let environment = try CommandEnvironment(
            allowed: Set(definition.inherit), fixed: definition.environment
        ).make(
            worker: environment,
            attempt: CommandEnvironment.Attempt(jobID: job.id.description, number: job.attempts, fence: job.fence),
            scratch: scratch, files: files)
        var vector = resolved.arguments
        guard !vector.isEmpty else { throw Unrunnable("the command of \(job.kind) is empty") }
        if let files, let script = definition.script, definition.files[script] != nil {
            vector[0] = "\(files)/\(script)"
        }
        return CommandInvocation(
            executable: vector[0], arguments: Array(vector.dropFirst()), environment: environment,
            workingDirectory: resolved.directory ?? scratch.folder,
            standardInput: Array((resolved.stdin ?? "").utf8), grace: definition.grace,
            outputLimit: definition.outputCap, mergesStreams: definition.streams == .merged)
    }

    /// Where the files of the definition are, put there if need be; nil when it has none.
    private func filesFolder(of definition: CommandDefinition) async throws -> String? {
        if definition.files.isEmpty { return nil }
        return try await folders.files.folder(of: definition.files) { hash in
            guard let file = try await source.file(hash: hash) else {
                throw Unrunnable(
                    "the file \(hash) of \(definition.kind) is not in the store: apply its definition again")
            }
            return file.contents
        }
    }

    private func report(_ verdict: CommandVerdict, _ end: CommandEnd) -> AttemptReport {
        switch verdict {
        case .succeeded(let result): .succeeded(result)
        case .skipped: .skipped("the command had nothing to do (\(Self.code(of: end)))")
        case .failed(let failure): .failed(failure)
        case .timedOut(let failure): .timedOut(failure)
        // The worker made it end and knows why: a cancel, a drain or a lost lease.
        case .ended: .failed(Failure(kind: "ended", message: "the command was ended"))
        }
    }

    private static func code(of end: CommandEnd) -> String {
        guard case .code(let code) = end.exit else { return "no exit code" }
        return "exit \(code)"
    }
}

/// The command cannot be run, and trying again would not help.
struct Unrunnable: Error {
    let message: String
    var isRetryable = false
    init(_ message: String) { self.message = message }
}
#endif
