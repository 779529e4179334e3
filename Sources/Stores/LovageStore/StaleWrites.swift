import Synchronization

/// Counts what a store refused because the attempt it came from no longer held its job: its worker was stopped for longer
/// than its lease, was cut off, or was late by a moment. For stores, whose health says the number.
package final class StaleWrites: Sendable {
    private let refused = Atomic<Int>(0)

    /// Begins at none.
    package init() {}

    /// How many there were.
    package var count: Int { refused.load(ordering: .relaxed) }

    /// Counts the answers to changes that were stale, and passes them on.
    package func noting(_ answers: [ChangeAnswer]) -> [ChangeAnswer] {
        add(answers.count { $0 == .stale })
        return answers
    }

    /// Counts the holds that a renewal was refused for, and passes them on.
    package func noting(_ lost: [Hold]) -> [Hold] {
        add(lost.count)
        return lost
    }

    private func add(_ number: Int) {
        if number > 0 { refused.add(number, ordering: .relaxed) }
    }
}
