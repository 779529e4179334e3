/// What is to happen, by time; equal times in the order they were planned.
struct Timeline<Event> {
    /// Small, so that the heap moves three words; the event stays in its slot.
    private struct Entry {
        let time: Int64
        let order: Int
        let slot: Int
    }

    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var free: [Int] = []
    private var planned = 0

    mutating func plan(_ event: Event, at time: Int64) {
        planned += 1
        heap.append(Entry(time: time, order: planned, slot: store(event)))
        var child = heap.count - 1
        while child > 0, isBefore(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first, let event = events[first.slot] else { return nil }
        events[first.slot] = nil
        free.append(first.slot)
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, event)
    }

    private mutating func store(_ event: Event) -> Int {
        guard let slot = free.popLast() else {
            events.append(event)
            return events.count - 1
        }
        events[slot] = event
        return slot
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)..<(2 * parent + 3)
            where child < heap.count && isBefore(heap[child], heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool { (left.time, left.order) < (right.time, right.order) }
}
