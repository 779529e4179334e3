/// Elements in ascending order, each once: the memory store's only index.
///
/// Kept in chunks of a few hundred, so that inserting and removing moves one chunk instead of everything: 10,000 members
/// of a workflow cost 10,000 short moves. A balanced tree would be faster for millions and three times the code.
struct SortedSet<Element: Comparable & Sendable>: Sendable {
    private var chunks: [[Element]] = []
    private(set) var count = 0

    private static var longestChunk: Int { 512 }

    var isEmpty: Bool { count == 0 }
    var first: Element? { chunks.first?.first }

    /// Adds `element` unless it is there. Complexity: O(log n + chunk).
    mutating func insert(_ element: Element) {
        guard !chunks.isEmpty else {
            chunks = [[element]]
            count = 1
            return
        }
        let chunk = min(chunkIndex(for: element), chunks.count - 1)
        let offset = Self.lowerBound(of: element, in: chunks[chunk])
        if offset < chunks[chunk].count, chunks[chunk][offset] == element { return }
        chunks[chunk].insert(element, at: offset)
        count += 1
        if chunks[chunk].count > Self.longestChunk { split(chunk) }
    }

    /// Takes `element` away if it is there. Complexity: O(log n + chunk).
    mutating func remove(_ element: Element) {
        let chunk = chunkIndex(for: element)
        guard chunk < chunks.count else { return }
        let offset = Self.lowerBound(of: element, in: chunks[chunk])
        guard offset < chunks[chunk].count, chunks[chunk][offset] == element else { return }
        chunks[chunk].remove(at: offset)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// The elements in ascending order.
    var ascending: some Sequence<Element> { chunks.lazy.joined() }

    /// The elements before `bound`, or all, from the last to the first.
    func descending(before bound: Element?) -> Descending {
        guard let bound else { return Descending(chunks: chunks, chunk: chunks.count, offset: 0) }
        let chunk = chunkIndex(for: bound)
        guard chunk < chunks.count else { return Descending(chunks: chunks, chunk: chunk, offset: 0) }
        return Descending(chunks: chunks, chunk: chunk, offset: Self.lowerBound(of: bound, in: chunks[chunk]))
    }

    struct Descending: Sequence, IteratorProtocol {
        fileprivate let chunks: [[Element]]
        fileprivate var chunk: Int
        fileprivate var offset: Int

        mutating func next() -> Element? {
            while offset == 0 {
                guard chunk > 0 else { return nil }
                chunk -= 1
                offset = chunks[chunk].count
            }
            offset -= 1
            return chunks[chunk][offset]
        }
    }

    private mutating func split(_ chunk: Int) {
        let half = chunks[chunk].count / 2
        let tail = Array(chunks[chunk][half...])
        chunks[chunk].removeSubrange(half...)
        chunks.insert(tail, at: chunk + 1)
    }

    /// The first chunk whose last element is not before `element`; the number of chunks when there is none.
    private func chunkIndex(for element: Element) -> Int {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if let last = chunks[middle].last, last < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func lowerBound(of element: Element, in chunk: [Element]) -> Int {
        var low = 0
        var high = chunk.count
        while low < high {
            let middle = (low + high) / 2
            if chunk[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
