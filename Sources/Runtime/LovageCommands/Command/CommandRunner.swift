#if Commands
import Glibc
import LovageStore
public import LovageWorker
import Subprocess
import Synchronization
import SystemPackage

/// Runs commands, each under a supervisor of its own (`Supervisor`): the same binary in a hidden mode, which ends
/// the command's whole process tree when told to, at a limit, and when this process dies.
public struct CommandRunner: Sendable {
    private let binary: String
    private let runFolder: String
    private let start: ProcessStart?
    private let gate: SpawnGate

    /// Runs commands through the `lovage` binary at `binary` (nil: the program that is running) and keeps the
    /// supervisors' lock files in `runFolder`, which must exist. Commands get `start` back (nil: what this process has, with
    /// ordinary signals). At most `starts` are started at the same moment.
    ///
    /// A supervisor may die while it is written to, so SIGPIPE is ignored in the whole process from here on.
    public init(binary: String? = nil, runFolder: String, start: ProcessStart? = nil, starts: Int = 2) {
        signal(SIGPIPE, SIG_IGN)
        self.start = start
        gate = SpawnGate(places: starts)
        self.binary = binary ?? "/proc/self/exe"
        self.runFolder = runFolder
    }

    /// The command could not even be handed to a supervisor; nothing was started.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What was tried, and what the system said.
        public let description: String
        /// What the machine lacked; nil when the command itself was why.
        public var trouble: MachineTrouble?
    }

    /// What stands in the way of starting anything now; nil when nothing does.
    public func trouble() -> MachineTrouble? { gate.shortage() }

    /// Runs one command and returns when nothing of it is left. `name` tells this run from all others that live
    /// (an attempt's job id and number); it shows in process lists and names the lock file. Output arrives in
    /// order per stream; a slow `output` slows the command down. `started` is called once it has started. Cancelling the task asks the command to end
    /// (TERM, after the invocation's grace KILL), and this still returns its end.
    public func run(
        _ invocation: CommandInvocation, named name: String, started: @escaping @Sendable () -> Void = {},
        output: @escaping @Sendable (OutputChunk) async -> Void
    ) async throws(Failure) -> CommandEnd {
        try Self.refuseNulBytes(in: invocation)
        let (requests, request) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Not structured on purpose: cancelling the child task would make swift-subprocess kill the supervisor
        // and stop reading, and the command's end would be lost. It is awaited right here, and ended by `request`.
        let supervision = Task { await supervise(invocation, name, requests, started, output) }
        let result = await withTaskCancellationHandler {
            await supervision.value
        } onCancel: {
            request.yield()
        }
        return try result.get()
    }

    private func supervise(
        _ invocation: CommandInvocation, _ name: String, _ requests: AsyncStream<Void>,
        _ started: @Sendable () -> Void, _ output: @Sendable (OutputChunk) async -> Void
    ) async -> Result<CommandEnd, Failure> {
        let lockPath = "\(runFolder)/\(name)\(SupervisorLock.suffix)"
        let order = SupervisorOrder(invocation, lockPath: lockPath, start: start).encoded()
        do throws(MachineTrouble) {
            try await gate.enter()
        } catch {
            return .failure(Failure(description: error.problem, trouble: error))
        }
        let place = Place(gate)
        var hasStarted = false
        do {
            let result = try await Subprocess.run(
                .path(FilePath(binary)), arguments: ["\(Supervisor.subcommand)", name],
                platformOptions: Self.platformOptions, input: .inputWriter, output: .sequence, error: .discarded
            ) { execution in
                place.leave()
                let held = Self.holdOutput(of: execution.processIdentifier.value)
                defer { if let held { close(held) } }
                return await Self.converse(
                    order, requests, started, output, writer: execution.standardInputWriter,
                    frames: execution.standardOutput)
            }
            if let end = result.closureResult.end { return .success(end) }
            hasStarted = result.closureResult.hasStarted
        } catch {
            place.leave()
            return .failure(Self.failure(error, starting: binary))
        }
        Remnants.endAbandoned(lockPath)
        guard hasStarted else {
            let problem = "the supervisor of a command ended before it had started it"
            return .failure(Failure(description: problem, trouble: MachineTrouble(.memory, problem)))
        }
        return .success(CommandEnd(exit: .unknown, cause: .supervisorLost))
    }

    /// A second writing end of the pipe that a supervisor reports through; nil when it cannot be had. Only with one does
    /// the reading end with the process and not before it, and only then does swift-subprocess 1.0.2 forget what it keeps
    /// for the process (`Registration.cancel` in `AsyncIO+Unix.swift`): otherwise some hundred bytes stay for ever.
    private static func holdOutput(of process: pid_t) -> Int32? {
        let descriptor = open("/proc/\(process)/fd/1", O_WRONLY | O_CLOEXEC)
        return descriptor < 0 ? nil : descriptor
    }

    /// A place in the gate, given back once.
    private final class Place: Sendable {
        private let gate: SpawnGate
        private let isLeft = Atomic(false)
        init(_ gate: SpawnGate) { self.gate = gate }
        func leave() { if !isLeft.exchange(true, ordering: .relaxed) { gate.leave() } }
    }

    /// Why no supervisor could be started. Whatever it is, the command has nothing to do with it.
    private static func failure(_ error: any Error, starting binary: String) -> Failure {
        let problem = "The supervisor \(binary) could not be run: \(error)"
        let number = (error as? SubprocessError)?.underlyingError?.rawValue
        return Failure(description: problem, trouble: MachineTrouble(ofOurs: number ?? EIO, problem))
    }

    /// Sends the order, passes output on, asks for the end when requested; the command's end, or nil if the
    /// supervisor died without a word, and whether the command had started. Returns when the supervisor is gone.
    private static func converse(
        _ order: [UInt8], _ requests: AsyncStream<Void>, _ started: @Sendable () -> Void,
        _ output: @Sendable (OutputChunk) async -> Void,
        writer: StandardInputWriter, frames: SubprocessOutputSequence
    ) async -> (end: CommandEnd?, hasStarted: Bool) {
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            var end: CommandEnd?
            var hasStarted = false
            do {
                _ = try await writer.write(order)
                CrashPoint.pass("command.after_start")
                group.addTask {
                    // A supervisor that cannot be written to has died: reading notices.
                    for await _ in requests { _ = try? await writer.write([1]) }
                }
                var parser = SupervisorFrameParser()
                for try await buffer in frames {
                    let complete = try buffer.withUnsafeBytes { try parser.feed($0) }
                    for frame in complete {
                        switch frame {
                        case .started:
                            hasStarted = true
                            started()
                        case .output(let chunk): await output(chunk)
                        case .ended(let reported):
                            CrashPoint.pass("command.after_end")
                            end = reported
                            // The supervisor leaves when its pipe closes, so that no report is cut off.
                            try await writer.finish()
                        }
                    }
                }
            } catch {
                // Broken pipes and broken frames mean the same: what it has not reported by now is lost.
            }
            return (end, hasStarted)
        }
    }

    private static var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // A Ctrl-C on our terminal is ours to pass on, and its session number names what it leaves (`Remnants`).
        options.createSession = true
        return options
    }

    private static func refuseNulBytes(in invocation: CommandInvocation) throws(Failure) {
        let environment = invocation.environment.flatMap { [$0.key, $0.value] }
        let texts = [invocation.executable, invocation.workingDirectory] + invocation.arguments + environment
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw Failure(description: "A NUL character can be in no path, argument or variable of a command")
        }
    }
}
#endif
