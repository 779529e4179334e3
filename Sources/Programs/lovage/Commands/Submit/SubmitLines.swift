import LovageAPI
import LovageCore
import LovageRemote

/// `submit --stdin-many`: a job for each line of the input, stored in the order of the lines.
///
/// It stops at the first line that cannot be taken: then the jobs of all lines before it are stored and none after it,
/// and the complaint says how to go on, so that repeating the command does not store a job twice.
struct SubmitLines {
    /// What all jobs have in common.
    let template: SubmitRequest
    /// Each job's idempotency key is this one and the number of its line; nil without.
    let key: String?
    /// Whether to wait while the queue is full.
    let waitsForRoom: Bool
    /// Lines before this one are passed over.
    let firstLine: Int
    let server: RemoteClient
    let terminal: Terminal
    let json: Bool

    private var bulk: [Item] = []
    private var bytes = 0
    private var tally = Tally()
    private var hasWaited = false
    private var patience = Patience(again: "the jobs of the lines before are stored")

    /// A line's job.
    private struct Item {
        let line: Int
        let request: SubmitRequest
    }

    /// What became of the jobs so far.
    private struct Tally {
        var stored = 0
        var repeated = 0
        var merged = 0
        var refused = 0
        var worst: CommandFailure.Code?
    }

    /// Longest key of all lines: the number of a line is to fit behind it.
    static let longestKey = 180
    /// As much as fits into a request beside what stands around the arguments.
    private static let mostBytes = 700_000
    /// More refusals than this are only counted.
    private static let mostComplaints = 20

    init(
        template: SubmitRequest, waitsForRoom: Bool, firstLine: Int, server: RemoteClient, terminal: Terminal,
        json: Bool
    ) {
        self.template = template
        key = template.options.idempotencyKey
        self.waitsForRoom = waitsForRoom
        self.firstLine = firstLine
        self.server = server
        self.terminal = terminal
        self.json = json
    }

    /// Submits them all; throws what the program ends with when not all are stored.
    mutating func run(_ reader: LineReader) async throws {
        var reader = reader
        var count = 0
        var progress = SubmitProgress()
        defer { progress.end() }
        while let line = try await next(&reader) {
            guard line.number >= firstLine, !line.isBlank else { continue }
            count += 1
            let item = try await item(line)
            if bulk.count == BulkRequest.mostJobs || bytes + item.request.arguments.count > Self.mostBytes {
                try await send()
                progress.show(tally.stored)
            }
            bulk.append(item)
            bytes += item.request.arguments.count + 200
        }
        try await send()
        if count == 0 { throw CommandFailure(.emptyOrTimedOut, "standard input has no line to submit") }
        progress.end()
        summarise(count)
        if let worst = tally.worst { throw CommandFailure(worst) }
    }

    private mutating func next(_ reader: inout LineReader) async throws -> LineReader.Line? {
        do {
            return try reader.next()
        } catch {
            try await send()
            throw stopped(at: reader.current, error)
        }
    }

    private mutating func item(_ line: LineReader.Line) async throws -> Item {
        var request = template
        do {
            request.arguments = try JSONText(validating: line.bytes)
        } catch {
            try await send()
            throw stopped(
                at: line.number,
                .usage("arguments are not JSON: \(Self.place(error)); write for example {\"to\": \"ann\"}"))
        }
        if let key { request.options.idempotencyKey = "\(key)-\(line.number)" }
        return Item(line: line.number, request: request)
    }

    /// Where in its line the fault is.
    private static func place(_ error: JSONError) -> String {
        error.description.replacing(#/ \(line \d+, column \d+\)/#, with: "")
    }

    /// Sends what is collected, a bulk as large as the API takes.
    private mutating func send() async throws {
        guard !bulk.isEmpty else { return }
        let items = bulk
        (bulk, bytes) = ([], 0)
        let answers: [SubmitView]
        do {
            answers = try await submit(items.map(\.request))
        } catch let error as RemoteError {
            return try await refused(items, error)
        }
        try await settle(items, answers)
    }

    /// Tells what the server refused of a bulk, of which nothing is stored; what stands before the fault is sent again.
    private mutating func refused(_ items: [Item], _ error: RemoteError) async throws {
        let first = items[0].line
        guard let problem = error.problem, problem.code.status < 500 else {
            let failure = CommandFailure(error)
            let last = items[items.count - 1].line
            let lines = first == last ? "line \(first)" : "lines \(first) to \(last)"
            let doubt =
                key == nil
                ? "whether those of \(lines) are is not known: look with 'lovage list' before going on with --from-line"
                : "go on with the same key and --from-line \(first)"
            throw CommandFailure(failure.code, "\(failure.message ?? ""); \(before(first)); \(doubt)")
        }
        let faults = LineFaults(problem, lines: items.map(\.line))
        if let index = faults.first, index > 0 {
            let before = Array(items[..<index])
            try await settle(before, try await submit(before.map(\.request)))
        }
        throw stopped(
            at: faults.first.map { items[$0].line } ?? first,
            CommandFailure(ProblemView(problem.code, faults.text, hint: problem.hint)), isNamed: true)
    }

    /// Tells what became of each, ids in the order of the lines; what found no room is sent again, if that is wanted.
    private mutating func settle(_ items: [Item], _ first: [SubmitView]) async throws {
        var answers = first
        var room = RoomWait(items.count)
        var told = 0
        while waitsForRoom, let refused = answers.firstIndex(where: { $0.isFull }) {
            tell(&told, upTo: refused, items, answers)
            do {
                answers[refused] = try await waitForRoom(items[refused].request)
                let next = room.next(answers.indices.filter { answers[$0].isFull })
                guard !next.isEmpty else { continue }
                let again = try await submit(next.map { items[$0].request })
                for (index, answer) in zip(next, again) { answers[index] = answer }
                room.sent(isFull: again.contains { $0.isFull })
            } catch let error as RemoteError {
                throw stopped(at: items[told].line, CommandFailure(error))
            }
        }
        guard let full = answers.firstIndex(where: { $0.isFull }), let error = answers[full].error else {
            return tell(&told, upTo: items.count, items, answers)
        }
        let last = answers.lastIndex { !$0.isFull } ?? -1
        tell(&told, upTo: last + 1, items, answers)
        throw stopped(at: items[full].line, CommandFailure(error))
    }

    /// With keys a submission may be repeated, so a server that is restarted is waited for.
    private mutating func submit(_ requests: [SubmitRequest]) async throws -> [SubmitView] {
        guard key != nil else { return try await server.submit(requests) }
        let server = server
        return try await patience.ask { try await server.submit(requests) }
    }

    /// One waits, and is told of once; an answer may also be that it is refused for another reason by then.
    private mutating func waitForRoom(_ request: SubmitRequest) async throws -> SubmitView {
        do {
            defer { hasWaited = true }
            return try await server.submitWhenThereIsRoom(request) { [isTold = hasWaited] in
                if !isTold { Terminal.complain("lovage: the queue is full; waiting for room") }
            }
        } catch let error as RemoteError {
            guard let problem = error.problem, problem.code == .keyConflict else { throw error }
            return SubmitView(refused: problem)
        }
    }

    private mutating func tell(_ told: inout Int, upTo end: Int, _ items: [Item], _ answers: [SubmitView]) {
        while told < end {
            let (item, answer) = (items[told], answers[told])
            told += 1
            terminal.write([json ? answer.json.string : answer.id?.description ?? "refused"])
            switch answer.answer {
            case .created: tally.stored += 1
            case .repeated: (tally.stored, tally.repeated) = (tally.stored + 1, tally.repeated + 1)
            case .merged: (tally.stored, tally.merged) = (tally.stored + 1, tally.merged + 1)
            case .refused: tally.refused += 1
            }
            guard let error = answer.error else { continue }
            let failure = CommandFailure(error)
            tally.worst = tally.worst ?? failure.code
            guard tally.refused <= Self.mostComplaints, !error.isFull else { continue }
            Terminal.complain("lovage: line \(item.line): \(failure.message ?? "refused")")
        }
    }

    private func summarise(_ count: Int) {
        if tally.refused > Self.mostComplaints {
            Terminal.complain("lovage: \(Spans.grouped(tally.refused)) of \(Spans.grouped(count)) lines are refused")
        }
        let old = [(tally.repeated, "repeated"), (tally.merged, "merged")].filter { $0.0 > 0 }
        guard !old.isEmpty else { return }
        let words = old.map { "\(Spans.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
        Terminal.complain(
            "lovage: for \(Spans.grouped(tally.repeated + tally.merged)) of \(Spans.grouped(count)) lines a job stood "
                + "already (\(words))")
    }

    /// The complaint about a line, what is stored, and how to go on.
    private func stopped(at line: Int, _ failure: CommandFailure, isNamed: Bool = false) -> CommandFailure {
        let name = isNamed ? "" : "line \(line): "
        return CommandFailure(
            failure.code,
            "\(name)\(failure.message ?? "refused"); \(before(line))"
                + (tally.stored == 0 ? "" : ": go on with --from-line \(line)"))
    }

    private func before(_ line: Int) -> String {
        switch tally.stored {
        case 0: "nothing is stored"
        case 1: "the one job before line \(line) is stored"
        case let stored: "the \(Spans.grouped(stored)) jobs before line \(line) are stored"
        }
    }
}
