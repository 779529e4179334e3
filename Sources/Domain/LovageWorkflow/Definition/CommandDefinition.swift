public import LovageCore

/// A command kind: an argument vector with typed parameters, never a string for a shell.
public struct CommandDefinition: Sendable, Hashable {
    /// The kind it defines.
    public var kind: Kind
    /// For people.
    public var description: String?
    /// The argument vector; each element is one argument, in which `${args.…}` is replaced.
    public var run: [String]
    /// What a caller may give.
    public var parameters: [Parameter]
    /// What the command reads from its standard input; a template.
    public var stdin: String?
    /// Where it runs; a template. Nil for a private scratch folder of the attempt.
    public var directory: String?
    /// Fixed environment values.
    public var environment: [String: String]
    /// Names taken over from the worker's environment.
    public var inherit: [String]
    /// Exit codes that mean "try again", beside the ordinary retries for any other code than 0.
    public var retryCodes: Set<Int32>
    /// Exit codes that mean "nothing to do".
    public var skipCodes: Set<Int32>
    /// How many bytes of output are kept, half from the head and half from the tail. Default 10 MiB.
    public var outputCap: Int
    /// Whether its two output streams are kept apart. Default: they are.
    public var streams: OutputStreams
    /// How long TERM has before KILL. Default 5 s.
    public var grace: Duration
    /// Defaults of every job of this kind.
    public var options: JobOptions
    /// Files stored with the definition: path below its folder (`StoredName`) → SHA-256 in lower-case hexadecimal.
    public var files: [String: String]

    /// The options that a job of this kind begins with, with what its arguments are when they are left out.
    public var jobOptions: JobOptions {
        var options = options
        if !parameters.isEmpty {
            options.argumentDefaults =
                JSONValue.object(parameters.map { JSONMember($0.name, $0.defaultValue ?? .null) }).text()
        }
        return options
    }

    /// How standard output and standard error reach the log of an attempt.
    public enum OutputStreams: String, Sendable, Hashable, CaseIterable {
        /// Each through a pipe of its own: both keep their own order, and which of two lines of different streams came
        /// first is known only approximately.
        case separate
        /// Both through one pipe, in the order of their writing; all of it then counts as standard output.
        case merged
    }

    /// Most bytes of a script or another file of a definition, wherever it passes: 16 MiB. Larger things belong on the
    /// worker or in an artefact.
    public static let mostFileBytes = 16 << 20

    /// The names inherited when a definition says nothing.
    public static let standardInherit = ["PATH", "HOME", "LANG", "TZ"]

    /// Makes a command definition.
    public init(
        kind: Kind, description: String? = nil, run: [String], parameters: [Parameter] = [], stdin: String? = nil,
        directory: String? = nil, environment: [String: String] = [:],
        inherit: [String] = CommandDefinition.standardInherit, retryCodes: Set<Int32> = [],
        skipCodes: Set<Int32> = [], outputCap: Int = 10 << 20, streams: OutputStreams = .separate,
        grace: Duration = .seconds(5), options: JobOptions = JobOptions(), files: [String: String] = [:]
    ) {
        self.kind = kind
        self.description = description
        self.run = run
        self.parameters = parameters
        self.stdin = stdin
        self.directory = directory
        self.environment = environment
        self.inherit = inherit
        self.retryCodes = retryCodes
        self.skipCodes = skipCodes
        self.outputCap = outputCap
        self.streams = streams
        self.grace = grace
        self.options = options
        self.files = Dictionary(
            files.map { (StoredName.normalised($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
