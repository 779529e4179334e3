import LovageAPI
import LovageCore

/// Why the program ends with another code than 0.
struct CommandFailure: Error, Sendable, Hashable {
    let code: Code
    /// One sentence for standard error that names the value and the fix; nil when all was said on standard output.
    let message: String?
    /// What the server said, when it was the server that refused.
    var problem: ProblemView?

    /// The documented exit codes.
    enum Code: Int32, Sendable, Hashable, CaseIterable {
        case done = 0
        case jobFailed = 1
        case usage = 2
        case emptyOrTimedOut = 3
        case unknown = 4
        case noServer = 5
        case diskFailed = 74
        case queueFull = 75

        /// The word for programs, where the server gave none.
        var word: String {
            switch self {
            case .done: "done"
            case .jobFailed: "job_failed"
            case .usage: "usage"
            case .emptyOrTimedOut: "empty_or_timed_out"
            case .unknown: "unknown_id"
            case .noServer: "no_server"
            case .diskFailed: "disk_failed"
            case .queueFull: "queue_full"
            }
        }
    }

    init(_ code: Code, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    /// Something was asked for in a way that cannot be understood.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

    /// Says it on standard error: one sentence, or with `--json` one object, shaped as the API's errors are.
    func report(asJSON: Bool) {
        guard let message else { return }
        Terminal.complain(asJSON ? Harmless.output(json(message).string) : "lovage: \(message)")
    }

    private func json(_ message: String) -> JSONText {
        var writer = JSONWriter()
        writer.object {
            $0.key("error")
            $0.object {
                $0.member("code", problem?.code.name ?? code.word)
                $0.member("message", problem?.message ?? message)
                $0.member("field", problem?.field)
                $0.member("hint", problem?.hint)
                $0.member(
                    "problems", array: { writer in for text in problem?.problems ?? [] { writer.value(text) } })
                $0.member("exit", Int(code.rawValue))
            }
        }
        return writer.text
    }
}

/// Does the same to several things: each is tried, what goes wrong with one is said at once and stops none of the others,
/// and the end has one code.
struct Series {
    let json: Bool
    private var codes: Set<CommandFailure.Code> = []
    /// The worse first: an id that nobody has was most likely mistyped, and hides behind nothing else.
    private static let order: [CommandFailure.Code] = [
        .unknown, .usage, .queueFull, .emptyOrTimedOut, .jobFailed,
    ]

    init(json: Bool) { self.json = json }

    /// Tries one. Without a server there is no use in trying the others.
    mutating func attempt(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            guard let failure = CommandFailure(any: error), failure.code != .noServer else { throw error }
            failure.report(asJSON: json)
            codes.insert(failure.code)
        }
    }

    /// Ends the program with the worst code there was.
    func end() throws(CommandFailure) {
        if let worst = Self.order.first(where: codes.contains) { throw CommandFailure(worst) }
    }
}
