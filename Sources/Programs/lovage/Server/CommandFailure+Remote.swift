import LovageAPI
import LovageRemote

extension CommandFailure {
    /// What an error of a command leads to; nil for one that is no command's.
    init?(any error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as RemoteError: self.init(error)
        default: return nil
        }
    }

    /// What a call that did not give what was asked for leads to.
    init(_ error: RemoteError) {
        switch error.reason {
        case .refused(let problem, _): self.init(problem)
        case .forbidden: self.init(.usage, Self.sentence(error.description, error.hint))
        case .noServer, .timedOut, .unexpected:
            self.init(.noServer, Self.sentence(error.description, error.hint))
        }
    }

    /// What a refusal by the server leads to.
    init(_ problem: ProblemView) {
        let lines = problem.problems.count > 1 ? problem.problems : [problem.message]
        let message = lines.map { Harmless.line($0) }.joined(separator: "\nlovage: ")
        self.init(Self.code(problem.code), Self.sentence(message, Self.hint(problem)))
        self.problem = problem
    }

    /// In the words of the command line, where the API has others.
    private static func hint(_ problem: ProblemView) -> String? {
        problem.isFull ? "submit it with --wait-for-room, or raise the queue's capacity" : problem.hint
    }

    private static func sentence(_ message: String, _ hint: String?) -> String {
        guard let hint, !hint.isEmpty else { return message }
        return "\(message) (\(Harmless.line(hint)))"
    }

    private static func code(_ code: ErrorCode) -> Code {
        switch code.name {
        case ErrorCode.queueFull.name: .queueFull
        case ErrorCode.unknownJob.name, ErrorCode.unknownAttempt.name, ErrorCode.unknownWorkflow.name,
            ErrorCode.unknownID.name,
            ErrorCode.unknownDefinition.name:
            .unknown
        // A server that stops, a store that cannot work, and everything else that is not the caller's doing.
        case _ where code.status >= 500: .noServer
        case _: .usage
        }
    }
}
