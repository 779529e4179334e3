/// The stream on which a command wrote.
public enum OutputChannel: UInt8, Sendable, CaseIterable {
    case standardOutput = 1
    case standardError = 2
}

/// Some bytes a command wrote, as they came: a chunk may end in the middle of a line or of a character.
public struct OutputChunk: Sendable, Equatable {
    /// Where the command wrote them.
    public var stream: OutputChannel
    /// The bytes.
    public var bytes: [UInt8]

    /// A chunk of one stream.
    public init(stream: OutputChannel, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}

/// How much a command wrote on one stream, and how much of it the output limit left out.
public struct OutputTotals: Sendable, Equatable {
    /// Bytes the command wrote.
    public var written: Int
    /// Bytes left out between the kept head and the kept tail.
    public var leftOut: Int

    /// Totals of one stream.
    public init(written: Int = 0, leftOut: Int = 0) {
        self.written = written
        self.leftOut = leftOut
    }
}
