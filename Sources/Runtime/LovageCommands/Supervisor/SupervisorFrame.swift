/// What a supervisor tells the worker on its standard output: that the command has started, chunks of output while it
/// runs, then exactly one end. On the pipe: one byte of tag, four bytes of length (little-endian), the payload.
enum SupervisorFrame: Equatable {
    case started
    case output(OutputChunk)
    case ended(CommandEnd)

    private static let startTag: UInt8 = 8
    private static let endTag: UInt8 = 9

    func encoded() -> [UInt8] {
        switch self {
        case .started: Self.framed(Self.startTag, [])
        case .output(let chunk): Self.framed(chunk.stream.rawValue, chunk.bytes)
        case .ended(let end): Self.framed(Self.endTag, Self.payload(of: end))
        }
    }

    init(tag: UInt8, payload: [UInt8]) throws(FieldReader.Truncated) {
        if let stream = OutputChannel(rawValue: tag) {
            self = .output(OutputChunk(stream: stream, bytes: payload))
        } else if tag == Self.startTag {
            self = .started
        } else {
            self = .ended(try Self.end(from: payload))
        }
    }

    private static func framed(_ tag: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [tag]
        bytes.reserveCapacity(payload.count + 5)
        withUnsafeBytes(of: UInt32(payload.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: payload)
        return bytes
    }

    private static func payload(of end: CommandEnd) -> [UInt8] {
        var fields = FieldWriter()
        switch end.exit {
        case .code(let code): fields.put([0, Int64(code)], reason: "")
        case .signal(let signal): fields.put([1, Int64(signal)], reason: "")
        case .notStarted(let code, let reason): fields.put([2, Int64(code)], reason: reason)
        case .unknown: fields.put([3, 0], reason: "")
        }
        fields.put(Int64(end.cause.rawValue))
        fields.put(Int64(end.leftBehind))
        for totals in [end.standardOutput, end.standardError] {
            fields.put(Int64(totals.written))
            fields.put(Int64(totals.leftOut))
        }
        fields.put(Int64(end.machineError ?? 0))
        return fields.bytes
    }

    private static func end(from payload: [UInt8]) throws(FieldReader.Truncated) -> CommandEnd {
        var fields = FieldReader(payload)
        let sort = try fields.number()
        let number = Int32(truncatingIfNeeded: try fields.number())
        let reason = try fields.text()
        let exit: CommandEnd.Exit =
            switch sort {
            case 0: .code(number)
            case 1: .signal(number)
            case 2: .notStarted(code: number, reason: reason)
            default: .unknown
            }
        let cause = CommandEnd.Cause(rawValue: UInt8(truncatingIfNeeded: try fields.number())) ?? .supervisorLost
        let leftBehind = Int(try fields.number())
        let output = OutputTotals(written: Int(try fields.number()), leftOut: Int(try fields.number()))
        let error = OutputTotals(written: Int(try fields.number()), leftOut: Int(try fields.number()))
        let machineError = Int32(truncatingIfNeeded: try fields.number())
        return CommandEnd(
            exit: exit, cause: cause, leftBehind: leftBehind, standardOutput: output, standardError: error,
            machineError: machineError == 0 ? nil : machineError)
    }
}

extension FieldWriter {
    fileprivate mutating func put(_ numbers: [Int64], reason: String) {
        for number in numbers { put(number) }
        put(reason)
    }
}

/// Cuts the bytes of the pipe into frames, whatever the pieces they arrive in.
struct SupervisorFrameParser {
    private var buffer: [UInt8] = []

    /// Takes some bytes and returns the frames that are complete with them.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(FieldReader.Truncated) -> [SupervisorFrame] {
        buffer.append(contentsOf: bytes)
        var frames: [SupervisorFrame] = []
        var start = 0
        while buffer.count - start >= 5 {
            let count = (1...4).reversed().reduce(0) { $0 << 8 | Int(buffer[start + $1]) }
            guard buffer.count - start - 5 >= count else { break }
            let payload = Array(buffer[(start + 5)..<(start + 5 + count)])
            frames.append(try SupervisorFrame(tag: buffer[start], payload: payload))
            start += 5 + count
        }
        buffer.removeFirst(start)
        return frames
    }
}
