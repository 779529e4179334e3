/// Where bytes stop being UTF-8.
public enum UTF8Text {
    /// How many bytes are whole characters before the first byte that belongs to none.
    public static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
        return count
    }
}
