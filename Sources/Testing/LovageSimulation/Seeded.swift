import LovageCore

/// One seed, one sequence. Each concern of the world has a stream of its own, so that taking one fault away does not shift
/// the others.
public struct Seeded: RandomNumberGenerator, Sendable {
    private var bits: SplitMix64

    /// The stream number `stream` of a seed.
    public init(_ seed: UInt64, stream: UInt64 = 0) {
        bits = SplitMix64(seed: seed &+ stream &* 0xD1B5_4A32_D192_ED03)
        _ = next()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 { bits.next() }

    /// True with this probability.
    mutating func chance(_ probability: Double) -> Bool {
        Double(next() >> 11) / Double(1 << 53) < probability
    }

    /// A whole number in the range.
    mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }
}
