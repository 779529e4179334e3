import LovageAPI
import LovageCore
import LovageRemote
import LovageWorkflow

/// Writes what the jobs of a run print, each line behind the name of its step.
struct RunOutput {
    let server: RemoteClient
    let terminal: Terminal
    let json: Bool
    /// Only this step; nil for all of them.
    let step: String?
    /// How many logs are followed at once: each takes a connection.
    private static let mostFollowed = 50
    /// How often a run that goes on is asked for jobs that have begun.
    private static let look = Duration.seconds(1)

    func write(_ id: WorkflowID, follow: Bool) async throws {
        let run = try await server.workflow(id)
        if let step, !run.steps.contains(where: { $0.name == step }) {
            throw CommandFailure(
                .unknown,
                "run \(id) has no step '\(Harmless.line(step))'"
                    + DidYouMean.sentence(step, among: run.steps.map(\.name)))
        }
        if follow { return try await self.follow(run) }
        for job in try await begun(run) {
            let lines = Lines(place: Self.place(job), json: json, job: job.id)
            Terminal.write(lines.all(of: try await server.logs(of: job.id), terminal), to: 1)
        }
    }

    /// The jobs that have begun, in the order of their steps and of their index.
    private func begun(_ run: WorkflowView) async throws -> [JobView] {
        var jobs: [JobView] = []
        var after: String?
        repeat {
            let page = try await server.jobs(JobsFilter(workflow: run.run.id), limit: 1_000, after: after)
            jobs += page.items.filter { $0.attempts > 0 && (step == nil || $0.workflow?.step == step) }
            after = page.next
        } while after != nil
        let order = Dictionary(
            run.steps.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        func key(_ job: JobView) -> (Int, Int) {
            (order[job.workflow?.step ?? ""] ?? .max, job.workflow?.index ?? 0)
        }
        return jobs.sorted { key($0) < key($1) }
    }

    private static func place(_ job: JobView) -> String {
        let step = job.workflow?.step ?? ""
        return Harmless.line(step + (job.workflow?.index.map { "[\($0)]" } ?? ""))
    }

    /// Follows each attempt that begins, until the run is over and all of them have ended.
    private func follow(_ first: WorkflowView) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var seen: Set<String> = []
            var running = 0
            var run = first
            var patience = Patience(again: "follow it again with: lovage logs \(run.run.id) --follow", isKnown: true)
            while true {
                // What is over is seen before the jobs are listed: what began before the end is then not missed.
                let isOver = run.run.state == .finished
                let now = run
                for job in try await patience.ask({ try await begun(now) })
                where seen.insert("\(job.id) \(job.attempts)").inserted {
                    if running >= Self.mostFollowed {
                        try await group.next()
                        running -= 1
                    }
                    group.addTask { try await follow(job) }
                    running += 1
                }
                if isOver { break }
                run = try await patience.ask { try await server.wait(for: now.run.id, within: Self.look) }
            }
            try await group.waitForAll()
        }
    }

    private func follow(_ job: JobView) async throws {
        var lines = Lines(place: Self.place(job), json: json, job: job.id)
        try await server.followPatiently(job.id, attempt: job.attempts, isSaid: false) { piece in
            Terminal.write(lines.add(piece, terminal), to: 1)
        }
        Terminal.write(lines.rest(terminal), to: 1)
    }
}

/// Output of one job as whole lines behind a name; every byte of a line is passed on.
private struct Lines {
    let place: String
    let json: Bool
    let job: JobID
    /// What was written since the last end of a line.
    private var open: [UInt8] = []
    /// A line that never ends is cut here, so that it cannot fill the memory.
    private static let longest = 64 << 10

    init(place: String, json: Bool, job: JobID) {
        self.place = place
        self.json = json
        self.job = job
    }

    /// The lines of output that is all there.
    func all(of bytes: [UInt8], _ terminal: Terminal) -> [UInt8] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.flatMap { line(Array($0), terminal) }
    }

    /// The lines that a piece completes.
    mutating func add(_ piece: LogPieceView, _ terminal: Terminal) -> [UInt8] {
        var parts = (open + piece.bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        open = Array(parts.removeLast())
        if open.count > Self.longest {
            parts.append(open[...])
            open = []
        }
        return parts.flatMap { line(Array($0), terminal) }
    }

    /// What is left at the end.
    mutating func rest(_ terminal: Terminal) -> [UInt8] {
        defer { open = [] }
        return open.isEmpty ? [] : line(open, terminal)
    }

    private func line(_ bytes: [UInt8], _ terminal: Terminal) -> [UInt8] {
        guard json else {
            let name = Array("\(terminal.palette(place, .cyan)) | ".utf8)
            let shown =
                terminal.isInteractive ? Array(Harmless.line(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
            return name + shown + [UInt8(ascii: "\n")]
        }
        var writer = JSONWriter()
        writer.object {
            $0.member("job", job.description)
            $0.member("step", place)
            if let text = String(validating: bytes, as: UTF8.self) {
                $0.member("line", text)
            } else {
                $0.member("base64", Base64.encode(bytes))
            }
        }
        return writer.text.bytes + [UInt8(ascii: "\n")]
    }
}
