/// Cuts bytes that come in pieces into texts of whole characters, for people: a character that is cut between two pieces
/// is shown once, and only what is no UTF-8 as U+FFFD.
package struct WholeCharacters: Sendable {
    /// The beginning of a character whose end comes with the next piece.
    private var rest: [UInt8] = []

    /// Begins at the beginning of a character.
    package init() {}

    /// The text of what came so far and was not given yet.
    package mutating func text(of piece: [UInt8]) -> String {
        var bytes = rest + piece
        let kept = Self.unfinished(bytes)
        rest = Array(bytes.suffix(kept))
        bytes.removeLast(kept)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is left of a character that never became whole.
    package mutating func end() -> String {
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
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
