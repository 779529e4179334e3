public import Logging
public import LovageClient
public import LovageCore
public import LovageStore
public import ServiceLifecycle
import Synchronization

// A worker is a few child tasks around pure decisions:
//
//   wake-ups ─┐                      ┌─ attempts (one child task a slot, on handler threads)
//   heartbeat ┼─► signals ─► pump ───┤
//   reporter ─┘   (ClaimLoop)        └─ claims (one at a time; the first job begins in the claim's own task)
//
// The pump is the only task that touches the ClaimLoop, so that it needs no lock.
// Cancelling `run` is the hard stop: handlers are cancelled and their jobs handed back.

/// Claims jobs and runs their handlers; a `Service` for a `ServiceGroup`.
public struct Worker: Service {
    /// What it was told when it was made.
    public let configuration: WorkerConfiguration
    /// Its name for this life of the process.
    public let id: WorkerID
    let handlers: HandlerRegistry
    let source: any WorkSource
    let client: Client
    let logger: Logger
    /// What it knows of its machine.
    public let condition: WorkerCondition
    let timekeeper: Timekeeper
    let entropy: @Sendable () -> UInt64
    let events: @Sendable (WorkerEvent) -> Void

    /// Makes a worker; it does nothing until `run`.
    ///
    /// Its work comes from `source`, by default the client's own store; with `client` handlers submit further jobs.
    /// `timekeeper` tells it the time and waits for it, `entropy` gives 64 random bits for jitter, and `events` gets
    /// everything that happens, besides the log. Handlers that share `condition` tell it when the machine lets them down.
    public init(
        configuration: WorkerConfiguration = WorkerConfiguration(), handlers: HandlerRegistry, client: Client,
        source: (any WorkSource)? = nil, condition: WorkerCondition? = nil, logger: Logger,
        timekeeper: Timekeeper = .continuous,
        entropy: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) },
        events: @escaping @Sendable (WorkerEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.handlers = handlers
        self.client = client
        let source: any WorkSource = source ?? StoreWorkSource(client.store)
        self.source = source
        self.condition = condition ?? WorkerCondition(now: { source.now() })
        self.logger = logger
        self.timekeeper = timekeeper
        self.entropy = entropy
        let log = WorkerLog(logger)
        self.events = { event in
            log.record(event)
            events(event)
        }
        id = client.makeID(WorkerID.self)
    }

    /// What it offers to run.
    public var offer: ClaimRule.Offer {
        ClaimRule.Offer(kinds: handlers.kinds, queues: configuration.queues.queues)
    }

    var record: WorkerRecord {
        WorkerRecord(id: id, name: configuration.name, offer: offer, slots: configuration.slots, isLocal: true)
    }

    /// Runs until graceful shutdown has drained it, or until it is cancelled; throws only what makes it useless from
    /// the start: a bad configuration, or a source that refuses to register it.
    public func run() async throws {
        if let problem = configuration.problems.first { throw WorkerError(problem) }
        try await source.register(record, lease: configuration.lease)
        events(.began(id))
        await WorkerRun(self).run()
        do {
            try await source.retire(id)
        } catch {
            events(.sourceFailed("retire", error))
        }
        events(.ended(id))
    }
}

/// A worker could not be started.
public struct WorkerError: Error, Sendable, CustomStringConvertible {
    /// One sentence with the value and the fix.
    public let description: String
    init(_ description: String) { self.description = description }
}
