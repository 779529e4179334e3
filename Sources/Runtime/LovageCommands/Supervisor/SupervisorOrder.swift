/// What the worker tells a fresh supervisor on its standard input, before anything else: the command, and how to
/// end it. Durations are milliseconds, -1 stands for "none".
struct SupervisorOrder: Equatable {
    var executable: String
    var arguments: [String]
    var environment: [String]
    var workingDirectory: String
    var standardInput: [UInt8]
    var softLimitMilliseconds: Int64
    var hardLimitMilliseconds: Int64
    var graceMilliseconds: Int64
    var outputLimit: Int64
    var mergesStreams: Bool
    /// The file the supervisor holds a lock on for as long as it lives.
    var lockPath: String
    /// What the command gets back of how the server was started; nil: it gets what there is.
    var start: ProcessStart?

    init(_ invocation: CommandInvocation, lockPath: String, start: ProcessStart? = nil) {
        executable = invocation.executable
        arguments = invocation.arguments
        environment = invocation.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        workingDirectory = invocation.workingDirectory
        standardInput = invocation.standardInput
        softLimitMilliseconds = invocation.softLimit?.wholeMilliseconds ?? -1
        hardLimitMilliseconds = invocation.hardLimit?.wholeMilliseconds ?? -1
        graceMilliseconds = invocation.grace.wholeMilliseconds
        outputLimit = Int64(invocation.outputLimit)
        mergesStreams = invocation.mergesStreams
        self.lockPath = lockPath
        self.start = start
    }

    /// The order as it goes over the pipe, its length first.
    func encoded() -> [UInt8] {
        var fields = FieldWriter()
        fields.put(executable)
        fields.put(arguments)
        fields.put(environment)
        fields.put(workingDirectory)
        fields.put(standardInput)
        fields.put(softLimitMilliseconds)
        fields.put(hardLimitMilliseconds)
        fields.put(graceMilliseconds)
        fields.put(outputLimit)
        fields.put(mergesStreams ? 1 : 0)
        fields.put(lockPath)
        fields.put(Int64(start == nil ? 0 : 1))
        if let start {
            for number in [UInt64(start.mask), start.descriptors, start.ignored] {
                fields.put(Int64(bitPattern: number))
            }
        }
        var framed = FieldWriter()
        framed.put(fields.bytes)
        return framed.bytes
    }

    /// Reads an order, without its length.
    init(decoding bytes: [UInt8]) throws(FieldReader.Truncated) {
        var fields = FieldReader(bytes)
        executable = try fields.text()
        arguments = try fields.list()
        environment = try fields.list()
        workingDirectory = try fields.text()
        standardInput = try fields.field()
        softLimitMilliseconds = try fields.number()
        hardLimitMilliseconds = try fields.number()
        graceMilliseconds = try fields.number()
        outputLimit = try fields.number()
        mergesStreams = try fields.number() != 0
        lockPath = try fields.text()
        guard try fields.number() == 1 else { return }
        let numbers = try (0..<3).map { _ throws(FieldReader.Truncated) in UInt64(bitPattern: try fields.number()) }
        start = ProcessStart(
            mask: UInt32(truncatingIfNeeded: numbers[0]), descriptors: numbers[1], ignored: numbers[2])
    }
}

extension Duration {
    /// Rounded down to whole milliseconds, never negative, and small enough to be added to any moment.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let capped = min(max(seconds, 0), 1_000_000_000)
        return capped * 1000 + max(attoseconds, 0) / 1_000_000_000_000_000
    }
}
