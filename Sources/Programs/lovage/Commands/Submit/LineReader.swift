import Foundation
import LovageCore

/// The lines of an input, as they come and byte for byte; no line may be longer than `limit`, so that an input without
/// line breaks is refused before it fills the memory.
struct LineReader {
    /// One line, without its line break; lines are counted from 1, blank ones too.
    struct Line: Sendable, Hashable {
        let number: Int
        let bytes: [UInt8]

        /// True when it holds nothing but white space.
        var isBlank: Bool { bytes.allSatisfy { [0x09, 0x0D, 0x20].contains($0) } }
    }

    private let limit: Int
    /// Reads what is there, at most this many bytes; empty at the end.
    private let read: (Int) throws(CommandFailure) -> [UInt8]
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    private var number = 0
    private var isAtEnd = false
    private static let chunk = 1 << 16

    /// Reads from `read`, standard input unless said.
    init(
        limit: Int = JSONLimits.arguments.maxBytes,
        read: @escaping (Int) throws(CommandFailure) -> [UInt8] = LineReader.standardInput
    ) {
        self.limit = limit
        self.read = read
    }

    /// The next line; nil after the last. Throws at a line that is too long.
    mutating func next() throws(CommandFailure) -> Line? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return try line(upTo: end, next: end + 1)
            }
            searched = buffer.count
            if isAtEnd { return start < buffer.count ? try line(upTo: buffer.count, next: buffer.count) : nil }
            guard buffer.count - start <= limit else { throw tooLong() }
            if start > 0 {
                searched -= start
                buffer.removeFirst(start)
                start = 0
            }
            let bytes = try read(Self.chunk)
            isAtEnd = bytes.isEmpty
            buffer += bytes
        }
    }

    private mutating func line(upTo end: Int, next: Int) throws(CommandFailure) -> Line {
        guard end - start <= limit else { throw tooLong() }
        defer { start = next }
        number += 1
        return Line(number: number, bytes: Array(buffer[start..<end]))
    }

    /// The line that is being read.
    var current: Int { number + 1 }

    private func tooLong() -> CommandFailure {
        .usage(
            "it has more than \(Spans.grouped(limit)) bytes: arguments have at most that many, so pass a reference to "
                + "large data instead of the data")
    }

    private static func standardInput(_ count: Int) throws(CommandFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = Foundation.read(STDIN_FILENO, &bytes, count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw .usage("standard input cannot be read: \(String(cString: strerror(errno)))")
            }
            return Array(bytes[..<got])
        }
    }
}
