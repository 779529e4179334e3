/// How one run of a command ended, reported after its whole process tree is gone.
public struct CommandEnd: Sendable, Equatable {
    /// What became of the command's main process.
    public var exit: Exit
    /// Why it ended when it did.
    public var cause: Cause
    /// Processes the command had left behind when its main process ended by itself; they were ended as well.
    public var leftBehind: Int
    /// What it wrote on standard output.
    public var standardOutput: OutputTotals
    /// What it wrote on standard error.
    public var standardError: OutputTotals
    /// The system's error number, when the machine and not the command was why it never started; nil otherwise.
    public var machineError: Int32?

    /// The end of the main process.
    public enum Exit: Sendable, Equatable {
        /// It returned this code, 0 to 255.
        case code(Int32)
        /// A signal ended it.
        case signal(Int32)
        /// It never started; the sentence names the file and the reason.
        case notStarted(code: Int32, reason: String)
        /// The supervisor was killed, so the command's own end is not known; its processes were ended.
        case unknown
    }

    /// What set the end off.
    public enum Cause: UInt8, Sendable {
        /// The command itself (or somebody outside of Lovage who sent it a signal).
        case itself = 0
        /// The command itself, after it had got TERM at its soft limit and before its hard one.
        case softLimit = 1
        /// The hard limit.
        case hardLimit = 2
        /// The worker asked for it: a cancel, a drain, a lost lease.
        case requested = 3
        /// The worker's process died.
        case parentGone = 4
        /// The supervisor died.
        case supervisorLost = 5
    }

    /// An end with nothing left behind and nothing written, unless told otherwise.
    public init(
        exit: Exit,
        cause: Cause = .itself,
        leftBehind: Int = 0,
        standardOutput: OutputTotals = OutputTotals(),
        standardError: OutputTotals = OutputTotals(),
        machineError: Int32? = nil
    ) {
        self.exit = exit
        self.cause = cause
        self.leftBehind = leftBehind
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.machineError = machineError
    }
}
