/// Writes numbers and byte strings one after the other; what `FieldReader` reads back in the same order.
/// Both ends are the same binary, so there are no tags and no versions; a supervisor must start fast, which is why
/// it is not JSON.
struct FieldWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ field: some Collection<UInt8>) {
        put(Int64(field.count))
        bytes.append(contentsOf: field)
    }

    mutating func put(_ text: String) {
        put(text.utf8)
    }

    mutating func put(_ list: [String]) {
        put(Int64(list.count))
        for text in list { put(text) }
    }
}

/// Reads what a `FieldWriter` wrote.
struct FieldReader {
    /// The bytes end before the field does.
    struct Truncated: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func number() throws(Truncated) -> Int64 {
        let field = try take(8)
        return field.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    mutating func field() throws(Truncated) -> [UInt8] {
        let count = try number()
        guard count >= 0, count <= rest.count else { throw Truncated() }
        return Array(try take(Int(count)))
    }

    mutating func text() throws(Truncated) -> String {
        String(decoding: try field(), as: UTF8.self)
    }

    mutating func list() throws(Truncated) -> [String] {
        let count = try number()
        guard count >= 0, count <= rest.count else { throw Truncated() }
        var list: [String] = []
        for _ in 0..<count { list.append(try text()) }
        return list
    }

    private mutating func take(_ count: Int) throws(Truncated) -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw Truncated() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
