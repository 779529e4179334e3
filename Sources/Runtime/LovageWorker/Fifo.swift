/// First in, first out. An array with a moving head, cut when half of it is spent: taking the first element moves none.
struct Fifo<Element> {
    /// Empty before the head, so that what was taken is let go at once and not only when the array is cut.
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { head < items.count ? items[head] : nil }

    mutating func append(_ item: Element) { items.append(item) }

    /// Takes the first element. Complexity: O(1) on average.
    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        let item = items[head]
        items[head] = nil
        head += 1
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return item
    }

    /// Takes everything.
    mutating func removeAll() -> [Element] {
        defer { self = Fifo() }
        return items[head...].compactMap { $0 }
    }
}
