/// Which connections are open and what each is about; says whom a full server closes, and who may wait.
///
/// Those who wait never keep out those who act. Waits have a bound of their own below that of connections, so that the
/// difference is left for short calls; and a connection that asks for nothing makes room for one that does. It knows no
/// sockets and no clock: "longest" is counted in changes, not in seconds.
struct ConnectionLedger<ID: Hashable & Sendable>: Sendable {
    /// What a connection is about. A later one is closed after an earlier one.
    enum Phase: Int, Sendable, Comparable {
        /// Between two requests, or before the first.
        case idle
        /// A request is coming in and is not complete.
        case receiving
        /// A request is being answered; such a connection is never closed for another one.
        case answering

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Entry: Sendable {
        var phase: Phase
        var since: UInt64
        /// Chosen to make room, and not gone yet.
        var isLeaving = false
    }

    private let mostConnections: Int
    private let mostWaits: Int
    private var entries: [ID: Entry] = [:]
    private var answering = 0
    /// How many wait.
    private(set) var waits = 0
    private var changes: UInt64 = 0

    /// An empty ledger of a server with these bounds.
    init(mostConnections: Int, mostWaits: Int) {
        self.mostConnections = mostConnections
        self.mostWaits = mostWaits
    }

    /// A connection was accepted. Answers the one that has to be closed to make room: the one that has been idle for
    /// longest, or has taken longest to send its request; nil while there is room, and when all of them are being answered.
    ///
    /// Complexity: O(1) while there is room, else O(connections).
    mutating func opened(_ id: ID) -> ID? {
        let isFull = entries.count >= mostConnections
        let longest = isFull ? longestUnanswered() : nil
        if let longest { entries[longest]?.isLeaving = true }
        changes += 1
        entries[id] = Entry(phase: .idle, since: changes)
        return longest
    }

    /// A connection begins something else.
    mutating func change(_ id: ID, to phase: Phase) {
        guard let old = entries[id], old.phase != phase else { return }
        changes += 1
        if old.phase == .answering { answering -= 1 }
        if phase == .answering { answering += 1 }
        entries[id]?.phase = phase
        entries[id]?.since = changes
    }

    /// A connection is gone.
    mutating func closed(_ id: ID) {
        if entries.removeValue(forKey: id)?.phase == .answering { answering -= 1 }
    }

    /// True when a request on `id` is answered; false when as many others are being answered as there may be connections.
    func mayAnswer(_ id: ID) -> Bool {
        answering - (entries[id]?.phase == .answering ? 1 : 0) < mostConnections
    }

    /// Takes a place for one wait; false when all are taken.
    mutating func beginWait() -> Bool {
        guard waits < mostWaits else { return false }
        waits += 1
        return true
    }

    /// Gives a place back.
    mutating func endWait() { waits -= 1 }

    private func longestUnanswered() -> ID? {
        entries.lazy.filter { !$0.value.isLeaving && $0.value.phase < .answering }
            .min { ($0.value.phase, $0.value.since) < ($1.value.phase, $1.value.since) }?.key
    }
}
