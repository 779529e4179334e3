public import LovageCore

/// In which order a worker looks into its queues.
public enum QueueOrder: Sendable, Hashable {
    /// The first one that has work, always.
    case strict([QueueName])
    /// Each claim draws an order; a queue of weight 3 comes first three times as often as one of weight 1.
    case weighted([QueueName: Int])

    /// The queues, in a stable order.
    public var queues: [QueueName] {
        switch self {
        case .strict(let queues): queues
        case .weighted(let weights): weights.keys.sorted()
        }
    }

    /// The order for one claim.
    public func draw(using random: inout some RandomNumberGenerator) -> [QueueName] {
        switch self {
        case .strict(let queues): return queues
        case .weighted(let weights):
            var rest = weights.sorted { $0.key < $1.key }.map { (queue: $0.key, weight: max(1, $0.value)) }
            var order: [QueueName] = []
            while !rest.isEmpty {
                var ticket = Int.random(in: 0..<rest.reduce(0) { $0 + $1.weight }, using: &random)
                let index = rest.firstIndex { entry in
                    defer { ticket -= entry.weight }
                    return ticket < entry.weight
                }
                order.append(rest.remove(at: index ?? 0).queue)
            }
            return order
        }
    }
}
