public import LovageCore

/// What a worker is told when it is made.
public struct WorkerConfiguration: Sendable {
    /// A name for people. Default: the host's name and the process's number, put in by the program.
    public var name: String
    /// How many jobs run at once. Default 4.
    public var slots: Int
    /// The queues it takes from. Default: the queue `default`.
    public var queues: QueueOrder
    /// How long its leases hold without a sign of life. Default 30 s.
    public var lease: Duration
    /// How often it gives one. Default 10 s.
    public var heartbeat: Duration
    /// How long before the end of its lease it stops what it runs when no sign of life got through. Default 5 s.
    public var stopMargin: Duration
    /// How long running jobs have to end once it drains; then they are handed back. Default 30 s.
    public var drainGrace: Duration
    /// How long a handler may keep a shared thread before it is named as a blocker. Default 1 s.
    public var blockerAge: Duration
    /// How long before its time it takes a job when none is ready, and holds it in a slot until then, so that no commit lies
    /// between a job's time and its start. At most 1 s, zero for never. Default 5 ms.
    public var claimAhead: Duration

    /// Makes a configuration; whatever is left out has its default.
    public init(
        name: String = "worker", slots: Int = 4, queues: QueueOrder = .strict([.default]),
        lease: Duration = .seconds(30), heartbeat: Duration = .seconds(10), stopMargin: Duration = .seconds(5),
        drainGrace: Duration = .seconds(30), blockerAge: Duration = .seconds(1),
        claimAhead: Duration = ClaimRule.usualAhead
    ) {
        self.name = name
        self.slots = slots
        self.queues = queues
        self.lease = lease
        self.heartbeat = heartbeat
        self.stopMargin = stopMargin
        self.drainGrace = drainGrace
        self.blockerAge = blockerAge
        self.claimAhead = claimAhead
    }

    /// What is wrong with it, one sentence each; empty when nothing is.
    public var problems: [String] {
        var problems: [String] = []
        if slots < 1 || slots > 10_000 { problems.append("slots is \(slots): use 1 to 10000") }
        if queues.queues.isEmpty { problems.append("queues is empty: name at least one") }
        if heartbeat <= .zero { problems.append("heartbeat is \(heartbeat): use more than zero") }
        if heartbeat * 2 > lease {
            problems.append("heartbeat is \(heartbeat) for a lease of \(lease): use at most half of it")
        }
        if stopMargin >= lease { problems.append("stopMargin is \(stopMargin): use less than the lease, \(lease)") }
        if claimAhead < .zero || claimAhead > .seconds(1) {
            problems.append("claimAhead is \(claimAhead): use zero to 1 s")
        }
        return problems
    }
}
