import LovageStore

/// Topics to wake, each once, in the order they came up, so that the same calls wake in the same order.
struct WakeList: Sendable {
    private var topics: [WakeTopic] = []
    private var seen: Set<WakeTopic> = []

    mutating func insert(_ topic: WakeTopic) {
        if seen.insert(topic).inserted { topics.append(topic) }
    }

    /// All of them; the list is empty afterwards.
    mutating func take() -> [WakeTopic] {
        defer { self = WakeList() }
        return topics
    }
}
