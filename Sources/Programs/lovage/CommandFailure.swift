/// Why the program ends with another code than 0.
struct CommandFailure: Error, Sendable, Hashable {
    let code: Code
    /// One sentence for standard error that names the value and the fix; nil when all was said on standard output.
    let message: String?

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
    }

    init(_ code: Code, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    /// Something was asked for in a way that cannot be understood.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }
}
