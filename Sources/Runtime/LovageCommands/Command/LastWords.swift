import Synchronization

/// What a command said last, gathered while it runs: what the message of its failure quotes. Bounded however much it says.
struct LastWords {
    /// Most lines that are quoted.
    static let mostLines = 3
    /// Most UTF-8 bytes that are quoted, separators included.
    static let mostBytes = 500

    private static let kept = 4096
    private var tails: [OutputChannel: [UInt8]] = [:]

    /// Takes what came.
    mutating func take(_ chunk: OutputChunk) {
        var tail = tails[chunk.stream] ?? []
        // Taken out first: two owners would copy it with every chunk.
        tails[chunk.stream] = nil
        tail.append(contentsOf: chunk.bytes.suffix(Self.kept))
        if tail.count > 2 * Self.kept { tail.removeFirst(tail.count - Self.kept) }
        tails[chunk.stream] = tail
    }

    /// True when what comes next on this stream begins a line.
    func isAtLineStart(_ stream: OutputChannel) -> Bool { (tails[stream]?.last ?? 10) == 10 }

    /// The last lines on standard error, in their order; when there are none, the last one on standard output, or as many of
    /// them when both streams are `merged`. Nil when it said nothing.
    func text(merged: Bool = false) -> String? {
        let complaints = lines(.standardError).suffix(Self.mostLines)
        let lines = complaints.isEmpty ? lines(.standardOutput).suffix(merged ? Self.mostLines : 1) : complaints
        var quoted: [String] = []
        var room = Self.mostBytes
        // The last line matters most, and of each line its beginning.
        for line in lines.reversed() {
            guard room > 40 || quoted.isEmpty else { break }
            let cut = Self.cut(line, to: room)
            quoted.insert(cut, at: 0)
            room -= cut.utf8.count + Self.separator.utf8.count
        }
        return quoted.isEmpty ? nil : quoted.joined(separator: Self.separator)
    }

    private static let separator = " | "

    /// Lines with something to read in them. Of a line that was written again and again, as progress is, the last state.
    private func lines(_ stream: OutputChannel) -> [String] {
        (tails[stream] ?? []).split(separator: 10).compactMap { line in
            line.split(separator: 13).lazy.map(Self.readable).last { !$0.isEmpty }
        }
    }

    private static func cut(_ line: String, to most: Int) -> String {
        guard line.utf8.count > most else { return line }
        var length = 3
        let scalars = line.unicodeScalars.prefix {
            length += UTF8.width($0)
            return length <= most
        }
        return String(scalars) + "…"
    }

    /// Text without escape sequences, control characters, changes of direction and blanks around it.
    private static func readable(_ line: ArraySlice<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var scalars = String(decoding: line, as: UTF8.self).unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar.value {
            case 0x1B: skipSequence(&scalars)
            case 0x09: text.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: continue
            default: text.append(scalar)
            }
        }
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...last])
    }

    /// After ESC: `[` and up to a letter (colours, positions), `]` and up to BEL or a further ESC (titles), or one character.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        switch scalars.next()?.value {
        case 0x5B: while let next = scalars.next(), !(0x40...0x7E).contains(next.value) {}
        case 0x5D: while let next = scalars.next(), next.value != 0x07, next.value != 0x1B {}
        case _: return
        }
    }
}

/// The last words of a command that runs, shared by what carries its output.
final class HeardWords: Sendable {
    private let words = Mutex(LastWords())

    func take(_ chunk: OutputChunk) { words.withLock { $0.take(chunk) } }

    func text(merged: Bool) -> String? { words.withLock { $0.text(merged: merged) } }

    /// A line of Lovage's own, to be added to what the command wrote on `stream`.
    func note(_ text: String, on stream: OutputChannel) -> OutputChunk {
        let start = words.withLock { $0.isAtLineStart(stream) } ? "" : "\n"
        return OutputChunk(stream: stream, bytes: Array("\(start)[lovage: \(text)]\n".utf8))
    }
}
