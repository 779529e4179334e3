import LovageAPI
import LovageCore
import LovageFileLog
import LovageStore

extension FuzzTarget {
    static let logs = FuzzTarget("logs", "the file of an attempt's output, as found after a crash") { bytes in
        try checkEvents(bytes)
        guard let chunk = FileLog.chunk(bytes, at: 0) else { return }
        try checkFrames(chunk, of: bytes)
        try checkFollowing(chunk)
    }

    /// The pieces are what the file begins with; each begins where the one before it ends, and a file that is torn off
    /// has fewer of them and no others.
    private static func checkFrames(_ chunk: LogChunk, of bytes: [UInt8]) throws(BrokenPromise) {
        var written: [UInt8] = []
        for (position, entry) in chunk.pieces.enumerated() {
            let count = UInt32(entry.piece.bytes.count)
            written.append(entry.piece.stream.rawValue)
            written += (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
            written += entry.piece.bytes
            try promise(entry.next == Int64(written.count), "a piece ends at \(entry.next), not at \(written.count)")
            guard position % 16 == 0 else { continue }
            let rest = FileLog.chunk(Array(bytes[written.count...]), at: entry.next)?.pieces ?? []
            try promise(rest == Array(chunk.pieces[(position + 1)...]), "another log begins at \(entry.next)")
        }
        try promise(chunk.next == Int64(written.count), "the next piece is not behind the last one")
        try promise(bytes.starts(with: written), "the pieces are not what the file holds")
        let torn = FileLog.chunk(Array(bytes.dropLast(bytes.count / 3 + 1)), at: 0)?.pieces ?? []
        try promise(chunk.pieces.starts(with: torn), "a torn file has pieces that the whole one has not")
    }

    /// A client that follows the log gets every byte, in order, whatever the pieces cut through; its text is what whole
    /// characters say.
    private static func checkFollowing(_ chunk: LogChunk) throws {
        var events = LogEvents(attempt: 1, offset: 0)
        var sent = chunk.pieces.flatMap { events.output($0) }
        sent += events.end(LogEndView(attempt: 1, state: .finished, outcome: .succeeded))
        let received = Self.events(in: sent, cutInto: 1 + sent.count % 11)
        var bytes: [LogPieceView.Stream: [UInt8]] = [:]
        var texts: [LogPieceView.Stream: String] = [:]
        var characters: [LogPieceView.Stream: WholeCharacters] = [:]
        for event in received.dropLast() {
            try promise(event.name == "output", "'\(event.name)' came before the end")
            let piece = try LogPieceView(try JSONText(validating: event.data, limits: .trusted), isStrict: true)
            bytes[piece.stream, default: []] += piece.bytes
            texts[piece.stream, default: ""] += characters[piece.stream, default: WholeCharacters()].text(
                of: piece.bytes)
        }
        try promise(received.last?.name == "end", "the end did not come")
        try promise(
            zip(received, chunk.pieces).allSatisfy { Int64($0.id) == $1.next }, "the ids are not those of the pieces")
        for (stream, name) in [(LogPiece.Stream.output, LogPieceView.Stream.stdout), (.error, .stderr)] {
            let written = chunk.pieces.flatMap { $0.piece.stream == stream ? $0.piece.bytes : [] }
            try promise(bytes[name, default: []] == written, "\(name) differs from what was written")
            texts[name, default: ""] += characters[name]?.end() ?? ""
            let text = String(decoding: written, as: UTF8.self)
            try promise(texts[name, default: ""].utf8.elementsEqual(text.utf8), "the text of \(name) differs")
        }
    }

    /// Events are the same however their bytes are cut.
    private static func checkEvents(_ bytes: [UInt8]) throws(BrokenPromise) {
        let whole = events(in: bytes, cutInto: max(1, bytes.count))
        let pieces = events(in: bytes, cutInto: 1 + bytes.count % 7)
        try promise(pieces == whole, "events depend on how their bytes are cut")
    }

    private static func events(in bytes: [UInt8], cutInto size: Int) -> [EventParser.Event] {
        var parser = EventParser()
        var events: [EventParser.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            parser.feed(Array(bytes[start..<min(start + size, bytes.count)]))
            while let event = parser.next() { events.append(event) }
        }
        return events
    }
}
