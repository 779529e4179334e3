public import LovageCore

/// What the end of a command means for its attempt.
public enum CommandVerdict: Sendable, Equatable {
    /// It did its work; the result is JSON, if it wrote one.
    case succeeded(result: JSONText?)
    /// It found that there was nothing to do.
    case skipped
    /// It asks to be tried again.
    case retry(message: String)
    /// It failed; `isRetryable` is false where another try cannot help.
    case failed(message: String, isRetryable: Bool)
    /// A limit ended it.
    case timedOut(message: String)
    /// The worker asked it to end; what that means is for the worker to say.
    case ended
}

/// Which exit codes of a command kind mean something else than "0 is success, all others fail".
public struct ExitCodeRule: Sendable, Equatable {
    /// Codes that ask for another attempt.
    public var retry: Set<Int32>
    /// Codes that say "nothing to do".
    public var skip: Set<Int32>

    /// A rule; by default only 0 means success and nothing asks for a retry or a skip.
    public init(retry: Set<Int32> = [], skip: Set<Int32> = []) {
        self.retry = retry
        self.skip = skip
    }

    /// Judges an end. `result` is read only when the command succeeded.
    public func verdict(
        for end: CommandEnd, result: () throws -> JSONText?
    ) -> CommandVerdict {
        switch end.cause {
        case .hardLimit: return .timedOut(message: "The command ran past its hard limit and was ended")
        // A command that catches the warning and still ends as success has done its work.
        case .softLimit where end.exit != .code(0):
            return .timedOut(message: "The command ran past its soft limit and ended (\(Self.describe(end.exit)))")
        case .requested, .parentGone: return .ended
        case .supervisorLost:
            return .failed(message: "The command's supervisor was killed; how it ended is not known", isRetryable: true)
        case .itself, .softLimit: return verdict(for: end.exit, result: result)
        }
    }

    private func verdict(
        for exit: CommandEnd.Exit, result: () throws -> JSONText?
    ) -> CommandVerdict {
        switch exit {
        case .code(let code) where retry.contains(code): .retry(message: "Exit code \(code) asks for another attempt")
        case .code(let code) where skip.contains(code): .skipped
        case .code(0): read(result)
        case .notStarted(_, let reason): .failed(message: reason, isRetryable: false)
        case .code, .signal, .unknown: .failed(message: Self.describe(exit), isRetryable: true)
        }
    }

    private func read(_ result: () throws -> JSONText?) -> CommandVerdict {
        do {
            return .succeeded(result: try result())
        } catch {
            return .failed(message: "\(error)", isRetryable: true)
        }
    }

    /// The end in words, as people know it from their shell.
    static func describe(_ exit: CommandEnd.Exit) -> String {
        switch exit {
        case .code(126): "exit code 126: something the command called may not be executed"
        case .code(127): "exit code 127: something the command called was not found"
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)\(signalName(signal).map { " (\($0))" } ?? "")"
        case .notStarted(_, let reason): reason
        case .unknown: "end unknown"
        }
    }

    private static func signalName(_ signal: Int32) -> String? {
        let names: [Int32: String] = [
            1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL, often out of memory",
            11: "SEGV", 13: "PIPE", 14: "ALRM", 15: "TERM", 24: "XCPU", 25: "XFSZ",
        ]
        return names[signal]
    }
}
