/// Remembers the keys of the open objects, so that a second one is refused.
///
/// All open objects share one array, cut back when an object closes: small objects cost no allocation of their own.
/// Up to `scanned` keys are compared one by one. Beyond that each key's hash goes to a set, and only a hash seen
/// before is followed by a comparison. The hash is seeded per process, so nobody outside can aim for collisions, and
/// 100 000 keys in one object stay linear. Keys are compared as bytes: Swift calls strings equal that Unicode calls
/// equivalent, JSON does not.
struct JSONKeyLedger {
    private struct Key {
        let range: Range<Int>
        let isEscaped: Bool
    }

    /// Where an object's keys begin.
    struct Mark {
        fileprivate let firstKey: Int
        fileprivate let sets: Int
    }

    private static let scanned = 12

    private var keys: [Key] = []
    /// The hashes of each open object that has more than `scanned` keys, the innermost last.
    private var hashes: [Set<Int>] = []

    func mark() -> Mark { Mark(firstKey: keys.count, sets: hashes.count) }

    mutating func forget(since mark: Mark) {
        keys.removeSubrange(mark.firstKey...)
        hashes.removeSubrange(mark.sets...)
    }

    /// Adds the key whose quoted bytes are at `range`; false if the object begun at `mark` has it.
    mutating func insert(_ range: Range<Int>, isEscaped: Bool, in bytes: [UInt8], since mark: Mark) -> Bool {
        let key = Key(range: range.lowerBound + 1..<range.upperBound - 1, isEscaped: isEscaped)
        let isKnown =
            keys.count - mark.firstKey < Self.scanned
            ? contains(key, in: bytes, since: mark)
            : !insertHash(of: key, in: bytes, since: mark) && contains(key, in: bytes, since: mark)
        keys.append(key)
        return !isKnown
    }

    private mutating func insertHash(of key: Key, in bytes: [UInt8], since mark: Mark) -> Bool {
        if hashes.count == mark.sets {
            hashes.append(Set(keys[mark.firstKey...].map { Self.hash($0, in: bytes) }))
        }
        return hashes[hashes.count - 1].insert(Self.hash(key, in: bytes)).inserted
    }

    private func contains(_ key: Key, in bytes: [UInt8], since mark: Mark) -> Bool {
        keys[mark.firstKey...].contains { Self.areEqual($0, key, in: bytes) }
    }

    private static func areEqual(_ one: Key, _ other: Key, in bytes: [UInt8]) -> Bool {
        if one.isEscaped || other.isEscaped { return content(one, in: bytes) == content(other, in: bytes) }
        return one.range.count == other.range.count && bytes[one.range] == bytes[other.range]
    }

    private static func hash(_ key: Key, in bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        content(key, in: bytes).withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    private static func content(_ key: Key, in bytes: [UInt8]) -> ArraySlice<UInt8> {
        key.isEscaped ? JSONEscapes.resolved(bytes[key.range])[...] : bytes[key.range]
    }
}
