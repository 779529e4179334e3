import LovageCore
package import LovageStore

/// Writes an attempt's output as Server-Sent Events.
package struct LogEvents {
    private let attempt: Int
    /// Where the next piece begins.
    package private(set) var offset: Int64
    /// The beginning of a character whose end comes with the next piece of the same stream.
    private var partial: [LogPiece.Stream: [UInt8]] = [:]

    /// Begins with the piece at `offset`, which is also where the first event's id comes from.
    package init(attempt: Int, offset: Int64) {
        self.attempt = attempt
        self.offset = offset
    }

    /// Where to begin for a client that gives the id of the last event it got; at the beginning without one.
    package static func start(after lastEventID: String?) throws(ProblemView) -> Int64 {
        guard let lastEventID else { return 0 }
        // Only as it was given out: `+5` and `007` are no ids of ours.
        if let offset = Int64(lastEventID), offset >= 0, "\(offset)" == lastEventID { return offset }
        throw ProblemView(
            .invalidRequest, "the Last-Event-ID header '\(lastEventID.prefix(80))' is no offset",
            field: "Last-Event-ID", hint: "give the id of the last event")
    }

    /// A piece as an event.
    package mutating func output(_ entry: LogChunk.Entry) -> [UInt8] {
        offset = entry.next
        let stream = entry.piece.stream
        var bytes = (partial[stream] ?? []) + entry.piece.bytes
        let kept = Self.unfinished(bytes)
        partial[stream] = Array(bytes.suffix(kept))
        bytes.removeLast(kept)
        return event("output", view(stream, bytes).json)
    }

    /// The end, after whatever is left of characters that never became whole.
    package mutating func end(_ view: LogEndView) -> [UInt8] {
        var events: [UInt8] = []
        for stream in LogPiece.Stream.allCases {
            guard let rest = partial[stream], !rest.isEmpty else { continue }
            events += event("output", self.view(stream, rest).json)
        }
        partial = [:]
        return events + event("end", view.json)
    }

    private func view(_ stream: LogPiece.Stream, _ bytes: [UInt8]) -> LogPieceView {
        let name: LogPieceView.Stream =
            switch stream {
            case .output: .stdout
            case .error: .stderr
            }
        return LogPieceView(attempt: attempt, stream: name, text: String(decoding: bytes, as: UTF8.self))
    }

    private func event(_ name: String, _ data: JSONText) -> [UInt8] {
        Array("id: \(offset)\nevent: \(name)\ndata: ".utf8) + data.bytes + Array("\n\n".utf8)
    }

    /// How many bytes at the end begin a character that is not complete yet.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for (back, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0b1100_0000 != 0b1000_0000 {
            let length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
            return length > back + 1 ? back + 1 : 0
        }
        return 0
    }
}
