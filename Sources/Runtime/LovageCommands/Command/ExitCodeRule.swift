public import LovageCore
public import LovageWorker
import LovageWorkflow

/// What the end of a command means for its attempt.
public enum CommandVerdict: Sendable, Equatable {
    /// It did its work; the result is JSON, if it wrote one.
    case succeeded(result: JSONText?)
    /// It found that there was nothing to do.
    case skipped
    /// It failed, or asks to be tried again.
    case failed(Failure)
    /// A limit ended it.
    case timedOut(Failure)
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

    /// Judges an end. `limits` are those of the attempt, `lastWords` is what the command said last and its failure quotes;
    /// `result` is read only when the command succeeded.
    public func verdict(
        for end: CommandEnd, limits: AttemptLimits, lastWords: String? = nil, result: () throws -> JSONText?
    ) -> CommandVerdict {
        switch end.cause {
        case .hardLimit: .timedOut(limits.hardFailure.quoting(lastWords))
        // It had a choice: who catches the TERM of the soft limit goes on, and says with an exit code how it went.
        case .softLimit where isEndedByTerm(end.exit): .timedOut(limits.softFailure.quoting(lastWords))
        case .requested, .parentGone: .ended
        case .itself, .softLimit, .supervisorLost: verdict(for: end, lastWords, result)
        }
    }

    private func verdict(
        for end: CommandEnd, _ lastWords: String?, _ result: () throws -> JSONText?
    ) -> CommandVerdict {
        switch end.exit {
        case .code(let code) where skip.contains(code): return .skipped
        case .code(0): return read(result)
        case .notStarted(_, let reason):
            return .failed(Failure(kind: CommandFailureKind.notStarted, message: reason, isRetryable: false))
        case .code, .signal, .unknown:
            let wish = asksForRetry(end.exit) ? " asks for another attempt" : ""
            let late = end.cause == .softLimit ? " after its soft limit" : ""
            let failure = Failure(kind: Self.kind(of: end.exit), message: Self.describe(end.exit) + wish + late)
            return .failed(failure.quoting(lastWords ?? Self.hint(at: end.exit)))
        }
    }

    private func read(_ result: () throws -> JSONText?) -> CommandVerdict {
        do {
            return .succeeded(result: try result())
        } catch {
            return .failed(Failure(kind: CommandFailureKind.result, message: "\(error)"))
        }
    }

    private func asksForRetry(_ exit: CommandEnd.Exit) -> Bool {
        guard case .code(let code) = exit else { return false }
        return retry.contains(code)
    }

    /// True for the end of a command that does not catch TERM, and for the code by which shells and others say so, unless
    /// the rule gives that code a meaning.
    private func isEndedByTerm(_ exit: CommandEnd.Exit) -> Bool {
        exit == .signal(15) || (exit == .code(143) && !retry.contains(143) && !skip.contains(143))
    }

    /// What retry rules match: `exit 7`, `signal 9`.
    private static func kind(of exit: CommandEnd.Exit) -> String {
        switch exit {
        case .code(let code): CommandFailureKind.exit(code)
        case .signal(let signal): CommandFailureKind.signal(signal)
        case .notStarted: CommandFailureKind.notStarted
        case .unknown: CommandFailureKind.unknown
        }
    }

    /// The end in words, as people know it from their shell.
    private static func describe(_ exit: CommandEnd.Exit) -> String {
        switch exit {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)\(signalName(signal).map { " (\($0))" } ?? "")"
        case .notStarted(_, let reason): reason
        case .unknown: "its supervisor was killed, how it ended is not known"
        }
    }

    /// What shells mean by a code, for a command that says nothing itself.
    private static func hint(at exit: CommandEnd.Exit) -> String? {
        switch exit {
        case .code(126): "something the command called may not be executed"
        case .code(127): "something the command called was not found"
        case .code, .signal, .notStarted, .unknown: nil
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

extension Failure {
    /// The same, with what the command said last.
    fileprivate func quoting(_ words: String?) -> Failure {
        guard let words else { return self }
        return Failure(kind: kind, message: "\(message): \(words)", isRetryable: isRetryable)
    }
}
