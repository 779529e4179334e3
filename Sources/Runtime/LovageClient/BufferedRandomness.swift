#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The system's randomness, a few ids' worth at a time: a call into the kernel for each word costs as much as half an
/// encoding.
struct BufferedRandomness: RandomNumberGenerator {
    private var words: [UInt64] = []

    /// 256 bytes: the most that `getentropy(3)` gives, which is in one piece.
    private static let wordsAtOnce = 32

    mutating func next() -> UInt64 {
        if words.isEmpty { words = Self.fresh() }
        return words.removeLast()
    }

    private static func fresh() -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordsAtOnce)
        let isFilled = words.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        if isFilled { return words }
        // A kernel without it: then word by word.
        var random = SystemRandomNumberGenerator()
        return (0..<wordsAtOnce).map { _ in random.next() }
    }
}
