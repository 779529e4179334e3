/// Keeps the first half and the last half of a stream and counts what lies between. The head is passed on as it
/// comes; the tail, with a line that says how much is missing, when the stream has ended. Memory stays below twice
/// the limit however much is written.
struct CappedOutput {
    private let half: Int
    private var headLeft: Int
    private var tail: [UInt8] = []
    private(set) var written = 0
    private(set) var leftOut = 0

    init(limit: Int) {
        half = max(limit / 2, 1)
        headLeft = max(limit, 2) - half
    }

    /// True once nothing is passed on any more until the end.
    var isHeadFull: Bool { headLeft == 0 }

    /// Takes some bytes; returns those to pass on at once.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        written += bytes.count
        let head = bytes.prefix(headLeft)
        headLeft -= head.count
        keep(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(head.count)))
        return Array(head)
    }

    /// What is still to be passed on when the stream has ended.
    mutating func finish() -> [UInt8] {
        trim()
        defer { tail = [] }
        guard leftOut > 0 else { return tail }
        return Array("\n[lovage: \(leftOut) bytes of output left out]\n".utf8) + tail
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        tail.append(contentsOf: bytes)
        // Trimming only at twice the half moves each byte at most once.
        if tail.count >= 2 * half { trim() }
    }

    private mutating func trim() {
        let excess = tail.count - half
        guard excess > 0 else { return }
        leftOut += excess
        tail.removeFirst(excess)
    }
}
