import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// `submit --stdin-many` on the built binary.
@Suite(.timeLimit(.minutes(5))) struct `Submitting many` {
    @Test func `stops at a wrong line, names it, and goes on from there without a double`() async throws {
        let server = try await Self.server()
        let lines = (1...1_600).map { $0 == 1_500 ? #"{"s":"x"}"# : $0 % 100 == 0 ? "" : #"{"s":0}"# }
        let input = lines.joined(separator: "\n")
        let stopped = try await server.lovage("submit", "many.wait", "--stdin-many", input: input)
        #expect(stopped.code == 2)
        #expect(stopped.lines.count == 1_485)
        #expect(stopped.complaints.contains("line 1500: argument 's' must be a number"), "\(stopped.complaints)")
        #expect(stopped.complaints.contains("the 1,485 jobs before line 1500 are stored: go on with --from-line 1500"))
        let mended = lines.map { $0.replacingOccurrences(of: "\"x\"", with: "0") }.joined(separator: "\n")
        let rest = try await server.lovage(
            "submit", "many.wait", "--stdin-many", "--from-line", "1500", input: mended)
        #expect(rest.code == 0, "\(rest.complaints)")
        #expect(Set(stopped.lines + rest.lines).count == 1_585)
        #expect(try await server.client.queue("default").suspendedOrReady == 1_585)
    }

    @Test(arguments: [
        ("{}\n\n\n{\"s\":bad}\n", "line 4: arguments are not JSON"), ("{\"s\":1\n", "line 1: arguments are not JSON"),
        (String(repeating: " ", count: 1 << 21), "line 1: it has more than 1,048,576 bytes"),
    ])
    func `names the line that is no JSON as it stands in the input`(input: String, sentence: String) async throws {
        let server = try await Self.server()
        let refused = try await server.lovage("submit", "many.wait", "--stdin-many", input: input)
        #expect(refused.code == 2)
        #expect(refused.complaints.contains(sentence), "\(refused.complaints)")
    }

    @Test func `waits for room as long as it takes, with many and with one`() async throws {
        let server = try await Self.server()
        #expect(try await server.lovage("queue", "set", "default", "--capacity", "2").code == 0)
        let lines = (1...7).map { "{\"s\":\($0)}" }.joined(separator: "\n")
        let full = try await server.lovage("submit", "many.wait", "--stdin-many", input: lines)
        #expect(full.code == 75)
        #expect(full.lines.count == 2)
        #expect(full.complaints.contains("line 3: "), "\(full.complaints)")
        #expect(full.complaints.contains("--wait-for-room"))
        #expect(full.complaints.contains("go on with --from-line 3"))

        let file = try server.folder.write(lines, to: "lines.jsonl")
        let many = try RunningCommand(
            ["submit", "many.wait", "--stdin-many", "--from-line", "3", "--wait-for-room", "--server", server.address],
            input: file)
        #expect(await many.waits(for: "the queue is full; waiting for room"))
        let one = try RunningCommand(
            ["submit", "many.wait", "s=9", "--wait-for-room", "--server", server.address])
        #expect(await one.waits(for: "the queue is full; waiting for room"))
        #expect(try await server.lovage("queue", "set", "default", "--capacity", "none").code == 0)
        let end = await many.end()
        #expect(end.code == 0, "\(end.output)")
        #expect(await one.end().code == 0)
        #expect(try await server.client.queue("default").suspendedOrReady == 8)
        let jobs = try await server.client.jobs(limit: 100).items.map(\.arguments.string)
        for number in 1...7 { #expect(jobs.count { $0 == "{\"s\":\(number)}" } == 1) }
    }

    @Test func `gives each line its own idempotency key, so that the same input may be sent again`() async throws {
        let server = try await Self.server()
        let words = ["submit", "many.wait", "--stdin-many", "--idempotency-key", "night", "--server", server.address]
        let input = "{\"s\":1}\n{\"s\":1}\n"
        let first = try await Program.run(words, in: server.folder, input: input)
        #expect(Set(first.lines).count == 2)
        let again = try await Program.run(words, in: server.folder, input: input + "{\"s\":2}\n")
        #expect(again.code == 0)
        #expect(Array(again.lines.prefix(2)) == first.lines)
        #expect(again.complaints == "lovage: for 2 of 3 lines a job stood already (2 repeated)\n")
        let long = try await server.lovage(
            "submit", "many.wait", "--stdin-many", "--idempotency-key", String(repeating: "k", count: 181), input: input
        )
        #expect(long.code == 2)
        #expect(long.complaints.contains("at most 180"))
    }

    private static func server() async throws -> RunningServer {
        let folder = try TestFolder()
        try folder.write(
            """
            command: many.wait
            run: ["true", "${args.s}"]
            parameters:
              s: {type: number}
            """, to: "definitions/many.yaml")
        let server = try await RunningServer(in: folder)
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        #expect(try await server.lovage("queue", "pause", "default").code == 0)
        return server
    }
}

extension QueueView {
    fileprivate var suspendedOrReady: Int { ready + suspended }
}
