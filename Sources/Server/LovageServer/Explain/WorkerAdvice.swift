#if Server
import LovageCore
import LovageStore

/// What to do about a job that no live worker takes.
struct WorkerAdvice: Sendable {
    /// The queues of the worker inside the server, which is the only one where there are no others: exactly one process
    /// owns the store then, so nobody can start another. Nil where others may be started.
    private let queuesOfTheOnlyOne: [QueueName]?

    init(_ workers: [WorkerOverview]) {
        let isAlone = !workers.isEmpty && workers.allSatisfy(\.record.isLocal)
        queuesOfTheOnlyOne = isAlone ? workers.flatMap(\.record.offer.queues) : nil
    }

    func toRun(_ kind: Kind) -> String {
        queuesOfTheOnlyOne == nil ? "start a worker that runs \(kind)" : "apply its definition with 'lovage apply'"
    }

    func toTake(from queue: QueueName) -> String {
        guard let queues = queuesOfTheOnlyOne else { return "start one with --queue \(queue)" }
        return "restart 'lovage up' with \((queues + [queue]).map { "--queue \($0)" }.joined(separator: " "))"
    }
}
#endif
