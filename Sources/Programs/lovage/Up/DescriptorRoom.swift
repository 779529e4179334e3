import Foundation
import LovageCommands

/// How many slots and connections this process has descriptors for. Making one raises the soft limit to the hard one.
struct DescriptorRoom: Sendable {
    let budget: DescriptorBudget
    /// The slots that were asked for, or as many of them as there is room for.
    let slots: Int
    /// The connections there is room for beside them.
    var connections: Int { budget.connections(beside: slots) }

    /// Makes room, and says on standard error when that is not enough for all slots; throws when it is not enough for one.
    init(slots asked: Int) throws(CommandFailure) {
        try self.init(
            slots: asked,
            budget: DescriptorBudget(
                limit: DescriptorLimit.raise(), cores: ProcessInfo.processInfo.activeProcessorCount))
        if let warning = warning(asked: asked) { Terminal.complain("lovage: \(warning)") }
    }

    /// The same for a budget that is known.
    init(slots asked: Int, budget: DescriptorBudget) throws(CommandFailure) {
        self.budget = budget
        slots = budget.slots(asked: asked)
        guard slots > 0 else {
            throw .usage(
                "the limit of \(budget.limit) open files (descriptors) leaves no room for a single slot: raise it to "
                    + "\(budget.limit(for: asked)) (ulimit -Hn, LimitNOFILE=)")
        }
    }

    /// What to say when fewer slots are used than were asked for; nil when they all are.
    func warning(asked: Int) -> String? {
        guard slots < asked else { return nil }
        return
            "\(asked) slots need a limit of \(budget.limit(for: asked)) open files (descriptors), and it is "
            + "\(budget.limit), so that \(slots) are used: raise it (ulimit -Hn, LimitNOFILE=), or start with "
            + "--slots \(slots)"
    }
}
