import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// The built binary, as a person uses it.
@Suite(.timeLimit(.minutes(5))) struct `The command line` {
    @Test func `does a job from submission to its logs`() async throws {
        let server = try await Self.server()
        #expect(try await server.lovage("apply", server.folder.file("definitions").path, "--dry-run").code == 0)
        let applied = try await server.lovage("apply", server.folder.file("definitions").path)
        #expect(applied.code == 0)
        #expect(applied.output.contains("created    command say.hello v1"))

        let called = try await server.lovage("call", "say.hello", "name=Ann")
        #expect(called.code == 0, "\(called.complaints)")
        #expect(called.output == "{\"hello\":\"Ann\"}\n")

        let id = try await server.lovage("submit", "say.hello", "{\"name\": \"Bob\"}").firstLine()
        #expect(try await server.lovage("wait", id).output == "\(id) succeeded\n")
        let shown = try await server.lovage("get", id)
        #expect(shown.output.contains("succeeded"))
        #expect(shown.output.contains("{\"name\": \"Bob\"}"))
        let listed = try await server.lovage("list", "--kind", "say.hello", "--columns", "id,outcome")
        #expect(listed.lines.count == 3)
        #expect(listed.lines.contains { $0.hasPrefix(id) && $0.hasSuffix("succeeded") })
        #expect(try await server.lovage("logs", id).output == "greeting Bob\n")
        #expect(try await server.lovage("logs", id, "--follow").output == "greeting Bob\n")
        #expect(try await server.lovage("explain", id).output.hasPrefix("finished: "))
        #expect(try await server.lovage("get", id, "--json").output.contains("\"outcome\":\"succeeded\""))
    }

    @Test func `ends with the code that says what happened`() async throws {
        let server = try await Self.server()
        _ = try await server.lovage("apply", server.folder.file("definitions").path)
        let nobody = "01930a3e-0000-7000-8000-000000000000"
        #expect(try await server.lovage("call", "say.fail").code == 1)
        #expect(try await server.lovage("submit", "say.hello", "nonsense").code == 2)
        #expect(try await server.lovage("submit", "no.such.kind", "--priority", "300").code == 2)
        #expect(try await server.lovage("get", "17").code == 2)
        #expect(try await server.lovage("get", nobody).code == 4)
        #expect(try await server.lovage("wait", nobody, "--timeout", "10ms").code == 4)
        #expect(try await server.lovage("explain", nobody).code == 4)
        #expect(try await server.lovage("workflow", "run", "nothing").code == 4)
        #expect(try await server.lovage("list", "--queue", "empty").code == 3)
        let later = try await server.lovage("submit", "say.hello", "name=late", "--after", "1h").firstLine()
        #expect(try await server.lovage("wait", later, "--timeout", "20ms").code == 3)
        #expect(try await server.lovage("explain", later).output.contains("suspended"))
        let none = try await Program.run(["queue", "list", "--server", "http://127.0.0.1:1"], in: server.folder)
        #expect(none.code == 5)
        #expect(none.complaints.contains("lovage up"))
    }

    @Test func `says which version a retry runs, and runs the newest one when told to`() async throws {
        let server = try await Self.server()
        let definitions = server.folder.file("definitions").path
        _ = try await server.lovage("apply", definitions)
        let id = try await server.lovage("submit", "say.fail").firstLine()
        #expect(try await server.lovage("wait", id).code == 1)
        try server.folder.write("#!/bin/sh\nexit 0\n", to: "definitions/scripts/fail.sh")
        _ = try await server.lovage("apply", definitions)
        let kept = try await server.lovage("retry", id)
        #expect(kept.output == "\(id) ready\n")
        #expect(kept.complaints == "\(id) runs say.fail v1; v2 is applied: --latest runs that\n")
        #expect(try await server.lovage("wait", id).code == 1)
        #expect(try await server.lovage("retry", id, "--latest").complaints == "\(id) runs say.fail v2\n")
        #expect(try await server.lovage("wait", id).code == 0)
        #expect(try await server.lovage("get", id).output.contains("say.fail v2"))
    }

    @Test func `refuses a kind that nobody has, and lets it wait when told to`() async throws {
        let server = try await Self.server()
        _ = try await server.lovage("apply", server.folder.file("definitions").path)
        for command in ["submit", "call"] {
            let refused = try await server.lovage(command, "say.helo", "name=Ann")
            #expect(refused.code == 2)
            #expect(refused.output == "")
            #expect(refused.complaints.contains("nobody has the kind 'say.helo'"))
            #expect(refused.complaints.contains("did you mean 'say.hello'?"))
            #expect(refused.complaints.contains("--unknown-kind wait"))
        }
        let many = try await server.lovage("submit", "say.helo", "--stdin-many", input: "{}\n{}\n")
        #expect(many.code == 2)
        #expect(many.complaints.contains("line 1, line 2: nobody has the kind 'say.helo'"))
        #expect(try await server.lovage("list").code == 3, "nothing is stored")
        let waits = try await server.lovage("submit", "say.helo", "--unknown-kind", "wait").firstLine()
        #expect(try await server.lovage("explain", waits).output.contains("no live worker"))
        let input = "{}\n{}\n"
        let waiting = try await server.lovage(
            "submit", "say.helo", "--stdin-many", "--unknown-kind", "wait", input: input)
        #expect(waiting.lines.count == 2)
        let late = try await server.lovage("call", "say.helo", "--unknown-kind", "wait", "--within", "20ms")
        #expect(late.code == 3)
        #expect(try await server.lovage("submit", "say.hello", "--unknown-kind", "later").code == 2)
    }

    @Test func `bounds, pauses, resumes, purges and joins a queue`() async throws {
        let server = try await Self.server()
        _ = try await server.lovage("apply", server.folder.file("definitions").path)
        #expect(try await server.lovage("queue", "pause", "default").code == 0)
        #expect(try await server.lovage("queue", "set", "default", "--capacity", "2").code == 0)
        let first = try await server.lovage("submit", "say.hello", "name=a").firstLine()
        #expect(try await server.lovage("explain", first).output.contains("paused"))
        #expect(try await server.lovage("submit", "say.hello", "name=b").code == 0)
        let full = try await server.lovage("submit", "say.hello", "name=c")
        #expect(full.code == 75)
        #expect(full.complaints.contains("full"))
        #expect(try await server.lovage("queue", "join", "default", "--timeout", "20ms").code == 3)
        #expect(try await server.lovage("queue", "purge", "default").code == 2)
        #expect(try await server.lovage("queue", "purge", "default", "--force").output == "2 jobs cancelled\n")
        #expect(try await server.lovage("queue", "set", "default", "--capacity", "none").code == 0)
        #expect(try await server.lovage("queue", "resume", "default").code == 0)
        let many = try await server.lovage(
            "submit", "say.hello", "--stdin-many", input: "{\"name\":\"x\"}\n{\"name\":\"y\"}\n")
        #expect(many.lines.count == 2)
        #expect(try await server.lovage("queue", "join", "default", "--timeout", "1m").output == "default is empty\n")
        #expect(try await server.lovage("queue", "list").output.contains("default"))
        #expect(try await server.lovage("worker", "list").output.contains("say.hello"))
    }

    @Test func `runs a workflow, watches it through a restart, draws and explains it`() async throws {
        let folder = try TestFolder()
        try Self.define(in: folder)
        try Gate.define(in: folder)
        let gate = try Gate(in: folder)
        var server = try await RunningServer(in: folder, arguments: ["--slots", "2"])
        #expect(try await server.lovage("apply", folder.file("definitions").path).code == 0)
        #expect(try await server.lovage("workflow", "graph", "greetings").output.contains("greet"))
        #expect(try await server.lovage("workflow", "graph", "greetings", "--dot").output.hasPrefix("digraph"))
        let watched = try await server.lovage(
            "workflow", "run", "greetings", "--param", "names=[\"a\",\"b\"]", "--watch")
        #expect(watched.code == 0, "\(watched.complaints)")
        #expect(watched.output.contains("step greet succeeded 2/2"))
        #expect(watched.lines.contains { $0.hasPrefix("workflow succeeded after") })

        let port = server.port
        let watcher = try RunningCommand(
            ["workflow", "run", "held", "--param", "gate=\(gate.path)", "--watch", "--server", server.address])
        #expect(await watcher.waits(for: "step hold running"))
        await gate.waitForScript()
        let id =
            try await server.lovage("workflow", "list", "--json").output
            .firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) } ?? ""
        await server.crash()
        #expect(await watcher.waits(for: "trying again"))
        server = try await RunningServer(in: folder, port: port, arguments: ["--slots", "2"])
        await gate.waitForScript()
        try gate.open()
        let end = await watcher.end()
        #expect(end.code == 0, "\(end.output)")
        #expect(end.output.contains("the server is back"))
        #expect(end.output.contains("workflow succeeded"))
        let shown = try await server.lovage("workflow", "show", id)
        #expect(shown.output.contains("succeeded"))
        #expect(try await server.lovage("workflow", "list").lines.count == 3)
        #expect(try await server.lovage("explain", id).code == 0)
    }

    @Test func `refuses a second owner, an open address and a misspelt option`() async throws {
        let server = try await Self.server()
        let data = server.folder.file("data").path
        let second = try await Program.run(["up", "--data", data, "--listen", "127.0.0.1:0"], in: server.folder)
        #expect(second.code == 2)
        #expect(second.complaints.contains("owns") || second.complaints.contains("another process"))
        let open = try await Program.run(["up", "--listen", "0.0.0.0:4710"], in: server.folder)
        #expect(open.code == 2)
        #expect(open.complaints.contains("TLS"))
        #expect(try await Program.run(["up", "--slotz", "2"], in: server.folder).code == 2)
    }

    @Test func `keeps what it stores to its owner`() async throws {
        let server = try await Self.server()
        let files = FileManager.default
        func mode(_ url: URL) throws -> Int? {
            try files.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
        }
        let data = server.folder.file("data")
        #expect(try mode(data) == 0o700)
        for name in try files.subpathsOfDirectory(atPath: data.path) {
            #expect(try (mode(data.appendingPathComponent(name)) ?? 0o777) & 0o077 == 0, "\(name)")
        }
    }

    @Test func `hands back what runs at the second signal, of which the first one tells`() async throws {
        let server = try await Self.server(["--log-level", "notice", "--drain", "90s"])
        _ = try await server.lovage("apply", server.folder.file("definitions").path)
        let id = try await server.lovage("submit", "say.slow").firstLine()
        try await Self.untilRunning(id, on: server)
        server.send(SIGTERM)
        server.send(SIGTERM)
        // Signals that are the same melt into one while they wait to be delivered, so the second one is sent again.
        server.send(SIGINT)
        #expect(await server.waitForEnd() == 0)
        let log = try String(contentsOf: server.folder.file("server.log"), encoding: .utf8)
        #expect(log.contains("may end within 1m30s; a second signal hands it back at once"))
        #expect(!log.contains(" error lovage"), "\(log)")
        let again = try await RunningServer(in: server.folder, arguments: ["--queue", "other"])
        let shown = try await again.lovage("get", id)
        #expect(shown.output.contains("handedBack"))
        #expect(shown.output.contains("ready"))
    }

    /// The script says so itself; the API's long poll of its output is what waits.
    private static func untilRunning(_ id: String, on server: RunningServer) async throws {
        guard let job = JobID(id) else { return }
        for try await element in try await server.client.followLogs(of: job) {
            if case .piece(let piece, _) = element, String(decoding: piece.bytes, as: UTF8.self).contains("slow") {
                return
            }
        }
    }

    private static func server(_ options: [String] = []) async throws -> RunningServer {
        let folder = try TestFolder()
        try define(in: folder)
        return try await RunningServer(in: folder, arguments: ["--slots", "2"] + options)
    }

    private static func define(in folder: TestFolder) throws {
        try folder.write(
            """
            #!/bin/sh
            echo "greeting $1"
            printf '{"hello":"%s"}' "$1" >"$LOVAGE_RESULT"
            """, to: "definitions/scripts/hello.sh")
        try folder.write("#!/bin/sh\necho slow\nsleep 60\n", to: "definitions/scripts/slow.sh")
        try folder.write("#!/bin/sh\necho no >&2\nexit 7\n", to: "definitions/scripts/fail.sh")
        try folder.write(
            """
            command: say.hello
            run: [scripts/hello.sh, "${args.name}"]
            parameters:
              name: {type: string, required: true}
            ---
            command: say.fail
            run: [scripts/fail.sh]
            ---
            command: say.slow
            run: [scripts/slow.sh]
            ---
            workflow: greetings
            parameters:
              names: {type: list, default: [ann, bob, cleo]}
            steps:
              greet:
                run: say.hello
                foreach: "${params.names}"
                with: {name: "${item}"}
              last:
                run: say.hello
                needs: [greet]
                with: {name: everybody}
            """, to: "definitions/all.yaml")
    }
}
