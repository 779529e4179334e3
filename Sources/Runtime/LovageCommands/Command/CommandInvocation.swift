/// One start of one executable: everything that is needed to run a command for one attempt, and nothing that is
/// looked up later. A command is an argument vector; no shell reads any part of it.
public struct CommandInvocation: Sendable, Equatable {
    /// The file to run: a path, or a bare name that is looked for in the `PATH` of `environment`.
    public var executable: String
    /// The arguments after the program's name, delivered byte for byte.
    public var arguments: [String]
    /// The whole environment of the command: nothing is inherited.
    public var environment: [String: String]
    /// The folder the command starts in.
    public var workingDirectory: String
    /// What the command reads on standard input, followed by its end.
    public var standardInput: [UInt8]
    /// After this time the command gets TERM once and may go on until its hard limit; nil: never.
    public var softLimit: Duration?
    /// After this time the command is ended (TERM and after `grace` KILL; at once KILL if the soft limit already
    /// sent TERM); nil: never.
    public var hardLimit: Duration?
    /// From TERM to KILL; 5 s by default.
    public var grace: Duration
    /// Bytes kept of each output stream, first half and last half; 10 MiB by default.
    public var outputLimit: Int
    /// True when its standard error goes into the pipe of its standard output, so that both keep their order; false by
    /// default.
    public var mergesStreams: Bool

    /// A command with no input, no limits and an empty environment in `/`.
    public init(
        executable: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        workingDirectory: String = "/",
        standardInput: [UInt8] = [],
        softLimit: Duration? = nil,
        hardLimit: Duration? = nil,
        grace: Duration = .seconds(5),
        outputLimit: Int = 10 * 1024 * 1024,
        mergesStreams: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.standardInput = standardInput
        self.softLimit = softLimit
        self.hardLimit = hardLimit
        self.grace = grace
        self.outputLimit = outputLimit
        self.mergesStreams = mergesStreams
    }
}
