/// How many of the refused to send again after one of them found room: as many as went well, doubled.
struct RoomWait: Sendable, Hashable {
    private var size = 1
    private let most: Int

    init(_ most: Int) { self.most = most }

    /// Which of the refused to send again.
    func next(_ refused: [Int]) -> [Int] { Array(refused.prefix(size)) }

    /// What became of them.
    mutating func sent(isFull: Bool) { size = isFull ? 1 : min(most, size * 2) }
}
