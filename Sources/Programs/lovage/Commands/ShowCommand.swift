import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// `lovage show`
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a job, run, queue, worker or definition: whatever has this id or name.",
        discussion: """
            An id is given whole, by its first six characters or more, or by its last eight.
            What may be several things is listed, and nothing is shown.

            Examples:
              lovage show 01930a3e-0000-7000-8000-000000000000
              lovage show a4f60b2c
              lovage show nightly-backup
              lovage show default --json
            """)

    @Argument(help: "An id or a name.") var thing: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let view = try await server.find(thing)
            guard let first = view.found.first else { throw CommandFailure(.unknown, "nothing was found") }
            guard view.found.count == 1 else {
                throw CommandFailure.ambiguous(thing, view.found, hasMore: view.hasMore)
            }
            let display = Display(server: server, terminal: terminal, json: self.server.json)
            switch first.sort {
            case .job: try await display.job(JobID(typed: first.reference))
            case .run: try await display.run(WorkflowID(typed: first.reference))
            case .worker: try await display.worker(first.reference)
            case .queue: try await display.queue(QueueName(typed: first.reference))
            case .command: try await display.definition(.command, first.reference)
            case .workflow: try await display.definition(.workflow, first.reference)
            }
        }
    }
}

/// Asks for one thing and shows all of it.
struct Display {
    let server: RemoteClient
    let terminal: Terminal
    let json: Bool

    func job(_ id: JobID) async throws {
        let job = try await server.job(id)
        if json { return terminal.write([job.json.string]) }
        let attempts = try await server.attempts(of: id)
        terminal.write(
            JobDrawing.lines(
                job, attempts, width: terminal.width, palette: terminal.palette, moments: terminal.moments))
    }

    func run(_ id: WorkflowID) async throws {
        let run = try await server.workflow(id)
        if json { return terminal.write([run.json.string]) }
        terminal.write(RunTable.lines(run, width: terminal.width, palette: terminal.palette))
    }

    /// A job or a run.
    func target(_ target: Target) async throws {
        switch target {
        case .job(let id): try await job(id)
        case .run(let id): try await run(id)
        }
    }

    func queue(_ name: QueueName) async throws {
        let queue = try await server.queue(name)
        if json { return terminal.write([queue.json.string]) }
        terminal.write(
            Facts.lines(
                [
                    ("queue", name.text), ("state", queue.isPaused ? "paused" : "open"), ("ready", "\(queue.ready)"),
                    ("suspended", "\(queue.suspended)"), ("blocked", "\(queue.blocked)"),
                    ("running", "\(queue.running)"),
                    ("oldest", queue.oldestReadySeconds.map { Spans.text(.seconds($0)) }),
                    ("capacity", queue.capacity.map(String.init)),
                    ("keep", Spans.text(.seconds(queue.keepFinishedForSeconds))),
                    ("keep count", queue.keepFinishedCount.map(String.init)),
                ], terminal.palette))
    }

    /// The worker with this id, or the part of one that names it alone, or this name.
    func worker(_ text: String) async throws {
        let partial = PartialID(text)
        let workers = try await server.workers().filter {
            $0.name == text || partial?.matches($0.id.uuid) == true
        }
        guard let worker = workers.first else {
            throw CommandFailure(.unknown, "no live worker has the id or name '\(Harmless.line(text))'")
        }
        guard workers.count == 1 else {
            throw CommandFailure.ambiguous(
                text, workers.prefix(FindView.most).map { FoundView(.worker, $0.id.description, $0.name) },
                hasMore: workers.count > FindView.most)
        }
        if json { return terminal.write([worker.json.string]) }
        let facts = Facts.lines(
            [
                ("worker", worker.id.description), ("name", worker.name), ("slots", "\(worker.slots)"),
                ("running", "\(worker.running)"), ("queues", worker.queues.map(\.text).joined(separator: ", ")),
                ("kinds", worker.kinds.map(\.text).joined(separator: ", ")),
                ("since", terminal.moments.text(worker.since)),
                ("lease ends", terminal.moments.text(worker.leaseEnds)),
            ], terminal.palette)
        let jobs = try await server.jobs(JobsFilter(state: .running), limit: 1_000).items
            .filter { $0.worker == worker.id }
        terminal.write(
            facts
                + (jobs.isEmpty
                    ? []
                    : [""]
                        + JobColumn.table(jobs, [.id, .kind, .queue, .run, .started], terminal.moments).lines(
                            width: terminal.width, palette: terminal.palette)))
    }

    func definition(_ sort: Definition.Sort, _ name: String) async throws {
        let definition = try await server.definition(sort, named: name)
        if json { return terminal.write([definition.json.string]) }
        terminal.write(DefinitionDrawing.lines(definition, width: terminal.width, palette: terminal.palette))
    }
}

/// Names and values in two columns; what has no value is left out.
enum Facts {
    static func lines(_ facts: [(name: String, value: String?)], _ palette: Palette) -> [String] {
        let facts = facts.compactMap { name, value in value.map { (name: name, value: $0) } }
        let width = facts.map { $0.name.count }.max() ?? 0
        return facts.map { palette(DisplayWidth.padded($0.name, to: width), .dim) + "  " + Harmless.line($0.value) }
    }
}
