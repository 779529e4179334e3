/// What the failures of commands are called, in jobs and in the rules under `errors` that match them.
public enum CommandFailureKind {
    /// It ran into a limit of time.
    public static let timeout = "timeout"
    /// It could not be prepared.
    public static let command = "command"
    /// Its program could not be started.
    public static let notStarted = "not started"
    /// It succeeded, but its result cannot be read.
    public static let result = "result"
    /// How it ended is not known.
    public static let unknown = "unknown"

    /// It ended with this code.
    public static func exit(_ code: Int32) -> String { "exit \(code)" }
    /// It was ended by this signal.
    public static func signal(_ signal: Int32) -> String { "signal \(signal)" }

    /// True when a failure of a command may be called so.
    static func isKnown(_ text: String) -> Bool {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let number = Int32(words[1]), "\(number)" == words[1] else {
            return [timeout, command, notStarted, result, unknown].contains(text)
        }
        return words[0] == "exit" ? (1...255).contains(number) : words[0] == "signal" && (1...64).contains(number)
    }
}
