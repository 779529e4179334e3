/// What is to happen, by time; equal times in the order they were planned.
struct Timeline<Event> {
    private struct Entry {
        let time: Int64
        let order: Int
        let event: Event
    }

    private var heap: [Entry] = []
    private var planned = 0

    mutating func plan(_ event: Event, at time: Int64) {
        planned += 1
        heap.append(Entry(time: time, order: planned, event: event))
        var child = heap.count - 1
        while child > 0, isBefore(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool { (left.time, left.order) < (right.time, right.order) }
}
