import Foundation
import Logging
import LovageClient
import LovageCommands
import LovageCore
import LovageFileLog
import LovageMaintenance
import LovageServer
import LovageStore
import LovageWorker
import LovageWorkflow
import ServiceLifecycle

/// What one process that owns a store is told.
struct HostConfiguration: Sendable {
    var folder: StoreFolder
    var slots: Int
    var queues: QueueOrder
    var durability: StoreFolder.Durability
    var drainGrace: Duration
    /// How long the worker keeps its jobs without a sign of life.
    var lease: Duration
    var logLevel: Logger.Level

    /// Where the API listens besides the socket in the folder.
    struct Listening: Sendable, Hashable {
        /// An address of this machine; nil for none.
        var tcp: ListenAddress?
        /// Whether everybody on this machine may use it.
        var isOpen: Bool
    }
}

/// One process that owns a store: opens it, puts the services together, and sees them through signals to their end.
///
/// The order matters. The store is taken first, so that nobody else starts anything on it; then what scripts of a dead
/// owner still run is waited for or killed; only then may a worker claim.
struct Host: Sendable {
    let configuration: HostConfiguration
    /// The machine's wall clock, or a test's.
    private let wall: @Sendable () -> Date

    init(_ configuration: HostConfiguration, wall: @escaping @Sendable () -> Date = { Date() }) {
        self.configuration = configuration
        self.wall = wall
    }

    /// Runs until a signal has ended it; without a place to listen there is no HTTP API.
    func run(listening: HostConfiguration.Listening?) async throws {
        // Before anything of that is changed.
        let start = ProcessStart.now()
        let room = try DescriptorRoom(slots: configuration.slots)
        guard wall().timeIntervalSince1970 > 0 else {
            throw CommandFailure.usage("this machine's clock reads a time before 1970: set it first")
        }
        #if DEBUG
        if case .failure(let problem) = CrashPlan.requested { throw CommandFailure.usage(problem.description) }
        #endif
        // A client that goes away while it is answered is its own affair.
        signal(SIGPIPE, SIG_IGN)
        let logger = Self.logger(configuration.logLevel)
        if geteuid() == 0 {
            logger.warning("This runs as root, and so does every command it runs: start it as a user of its own")
        }
        let opened = try configuration.folder.open(configuration.durability)
        do {
            try await serve(opened, listening, Machine(start: start, room: room), logger)
        } catch {
            try opened.close()
            throw Self.failure(error)
        }
        try opened.close()
    }

    /// What the process was started with, and what it has room for.
    private struct Machine {
        let start: ProcessStart
        let room: DescriptorRoom
    }

    private func serve(
        _ opened: StoreFolder.Opened, _ listening: HostConfiguration.Listening?, _ machine: Machine, _ logger: Logger
    ) async throws {
        let store = opened.store
        let folders = try CommandFolders(below: configuration.folder.url.path)
        let remnants = try await Remnants(in: folders.run).awaitGone()
        if remnants.awaited + remnants.killed + remnants.abandoned > 0 {
            logger.warning(
                "Scripts of an earlier server had to be ended first",
                metadata: [
                    "awaited": "\(remnants.awaited)", "killed": "\(remnants.killed)",
                    "abandoned": "\(remnants.abandoned)",
                ])
        }
        for problem in folders.clear() {
            logger.warning("Files of an earlier server stay behind", metadata: ["problem": "\(problem)"])
        }
        let log = FileLog(folder: configuration.folder.url.appendingPathComponent("logs"))
        defer { log.settle() }
        let runner = CommandRunner(runFolder: folders.run, start: machine.start, starts: machine.room.budget.starts)
        let condition = WorkerCondition(now: { store.now().store }, probe: { folders.trouble() ?? runner.trouble() })
        let catalog = CommandCatalog(handler: handler(store, runner, folders, condition, log, logger))
        try await catalog.refresh(from: store)
        var handlers = HandlerRegistry()
        handlers.dynamic = catalog
        let worker = Worker(
            configuration: WorkerConfiguration(
                name: "\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)",
                slots: machine.room.slots, queues: configuration.queues, lease: configuration.lease,
                heartbeat: configuration.lease / 3, stopMargin: configuration.lease / 6,
                drainGrace: configuration.drainGrace),
            handlers: handlers, client: Client(store), condition: condition, logger: logger)
        // Before it says that it runs: whoever reads that may send a signal at once.
        let signals = Signals.endings()
        guard let listening else {
            say(["lovage works on \(configuration.folder.url.path)"], opened, machine.room)
            return try await untilSignalled(
                [
                    Promoter(store, logger: logger), Rescuer(store, logger: logger, grace: configuration.lease),
                    Self.pruner(store, log, logger), worker,
                ], by: signals, logger)
        }
        try await FirstToken(store: store, file: configuration.folder.token).makeIfFirst()
        var server = try server(listening, applied: { try await catalog.refresh(from: store) })
        server.fit(into: machine.room.connections)
        let service = LovageService(
            configuration: server, store: store, log: log, worker: worker, logger: logger,
            listening: { port in
                let places = places(listening, port)
                logger.info("Listening", metadata: ["places": "\(places.joined(separator: " "))"])
                say(places, opened, machine.room)
            })
        try await untilSignalled([service], by: signals, logger)
    }

    private func handler(
        _ store: any Store, _ runner: CommandRunner, _ folders: CommandFolders, _ condition: WorkerCondition,
        _ log: any AttemptLog, _ logger: Logger
    ) -> CommandHandler {
        CommandHandler(
            source: StoreWorkSource(store), runner: runner, folders: folders,
            environment: ProcessInfo.processInfo.environment, condition: condition
        ) { job, chunk in
            let piece = LogPiece(stream: chunk.stream == .standardOutput ? .output : .error, bytes: chunk.bytes)
            do throws(StoreError) {
                try await log.append(piece, to: AttemptKey(job: job.id, attempt: job.attempts))
            } catch {
                logger.error("Output could not be kept", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
                // The next one's could not either.
                condition.letDown(by: MachineTrouble(error.code == .full ? .disk : .folder, error.description))
            }
        }
    }

    private func server(
        _ listening: HostConfiguration.Listening, applied: @escaping @Sendable () async throws -> Void
    ) throws -> ServerConfiguration {
        var server = ServerConfiguration(
            socket: try SocketPath.usable(configuration.folder.socket.path), hasTCP: listening.tcp != nil,
            isOpen: listening.isOpen, version: Version.text, lease: configuration.lease, applied: applied)
        if let address = listening.tcp { (server.host, server.port) = (address.host, address.port) }
        return server
    }

    /// Where it listens, and who may come in there.
    private func places(_ listening: HostConfiguration.Listening, _ port: Int?) -> [String] {
        var lines = ["lovage listens on \(configuration.folder.socket.path)"]
        if let address = listening.tcp, let port {
            let who = listening.isOpen ? "open to every user and container of this machine" : "with a token"
            lines.append("and on http://\(address.with(port: port)), \(who)")
        }
        return lines
    }

    /// Says where it is and what its answers are worth, on standard output.
    private func say(_ lines: [String], _ opened: StoreFolder.Opened, _ room: DescriptorRoom) {
        Terminal.current().announce(
            lines + [
                "data in \(configuration.folder.url.path), \(room.slots) slots",
                opened.lossWindow.map { "durability relaxed: \($0)" }
                    ?? "durability full: what is answered survives a power cut",
            ])
    }

    private static func pruner(_ store: any Store, _ log: any AttemptLog, _ logger: Logger) -> Pruner {
        Pruner(store, logger: logger) { jobs in
            do {
                try await log.delete(jobs)
            } catch {
                logger.warning("Logs of pruned jobs could not be deleted", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Runs services; the first signal drains them, the second one cancels them.
    private func untilSignalled(
        _ services: [any Service], by signals: AsyncStream<Int32>, _ logger: Logger
    ) async throws {
        var quiet = logger.untilCancelled
        quiet.logLevel = max(.warning, logger.logLevel)
        let group = ServiceGroup(services: services, logger: quiet)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return true
            }
            tasks.addTask {
                var count = 0
                for await number in signals {
                    count += 1
                    if count > 1 { return false }
                    let grace = DurationText.format(configuration.drainGrace)
                    logger.notice(
                        "Nothing new starts, and what runs may end within \(grace); a second signal hands it back at once",
                        metadata: ["signal": "\(number)"])
                    await group.triggerGracefulShutdown()
                }
                return false
            }
            do {
                let hasEnded = try await tasks.next() ?? true
                tasks.cancelAll()
                if !hasEnded { _ = try await tasks.next() }
            } catch is CancellationError {
                // The second signal: what ran was handed back.
            }
        }
    }

    private static func logger(_ level: Logger.Level) -> Logger {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "lovage")
        logger.logLevel = level
        return logger
    }

    /// What a failure to start, or to go on, ends the program with.
    private static func failure(_ error: any Error) -> CommandFailure {
        if let failure = error as? CommandFailure { return failure }
        return .usage(Harmless.line("\(error)"))
    }
}
