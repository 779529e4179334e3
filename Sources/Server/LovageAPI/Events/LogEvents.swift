import LovageCore
package import LovageStore

/// Writes an attempt's output as Server-Sent Events.
package struct LogEvents {
    private let attempt: Int
    /// Where the next piece begins.
    package private(set) var offset: Int64

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

    /// A piece as an event: one each, with every byte of it, so that its id is where to go on.
    package mutating func output(_ entry: LogChunk.Entry) -> [UInt8] {
        offset = entry.next
        let stream: LogPieceView.Stream =
            switch entry.piece.stream {
            case .output: .stdout
            case .error: .stderr
            }
        return event("output", LogPieceView(attempt: attempt, stream: stream, bytes: entry.piece.bytes).json)
    }

    /// The end.
    package func end(_ view: LogEndView) -> [UInt8] { event("end", view.json) }

    private func event(_ name: String, _ data: JSONText) -> [UInt8] {
        Array("id: \(offset)\nevent: \(name)\ndata: ".utf8) + data.bytes + Array("\n\n".utf8)
    }
}
