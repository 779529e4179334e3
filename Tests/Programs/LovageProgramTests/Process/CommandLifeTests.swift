import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// How attempts of commands live and end under a real server, and what is said of it afterwards.
@Suite(.timeLimit(.minutes(5))) struct `The attempt of a command` {
    @Test func `is asked at its soft limit, goes on, and succeeds with its result`() async throws {
        let (server, gate) = try await Self.server()
        // No grace at all: what is asked at its soft limit is not killed for taking its time.
        let id = try await server.lovage("submit", "life.tidy", "gate=\(gate.path)").firstLine()
        await gate.waitForScript()
        await gate.waitForScript()
        try gate.open()
        #expect(try await server.lovage("wait", id).output == "\(id) succeeded\n")
        #expect(try await server.lovage("get", id, "--json").output.contains(#""result":"tidy""#))
    }

    @Test func `is skipped by its code after its soft limit, and times out when it does not catch TERM`() async throws {
        let (server, _) = try await Self.server()
        let skipped = try await server.lovage("submit", "life.skip").firstLine()
        let deaf = try await server.lovage("submit", "life.deaf").firstLine()
        #expect(try await server.lovage("wait", skipped, "--json").output.contains(#""outcome":"skipped""#))
        let shown = try await server.lovage("wait", deaf, "--json").output
        #expect(shown.contains("ran longer than its soft limit of 5.0 seconds: waiting"), "\(shown)")
        #expect(shown.contains(#""reason":"timedOut""#))
    }

    @Test func `is made to end at its hard limit although its grace is longer`() async throws {
        let (server, _) = try await Self.server()
        let id = try await server.lovage("submit", "life.stubborn").firstLine()
        let shown = try await server.lovage("wait", id, "--json").output
        #expect(shown.contains("ran longer than its hard limit of 6.0 seconds"), "\(shown)")
    }

    @Test func `waits for the processes of a cancelled one with its unique key`() async throws {
        let (server, gate) = try await Self.server()
        let log = server.folder.file("turns").path
        func submit() async throws -> String {
            try await server.lovage("submit", "life.once", "gate=\(gate.path)", "log=\(log)").firstLine()
        }
        let first = try await submit()
        await gate.waitForScript()
        #expect(try await server.lovage("cancel", first).code == 0)
        await gate.waitForScript()
        let second = try await submit()
        #expect(second != first)
        let id = try #require(JobID(second))
        while try await server.client.job(id).state != .running {}
        try gate.open()
        // It comes to the gate at its start, and is cancelled there.
        await gate.waitForScript()
        #expect(try await server.lovage("cancel", second).code == 0)
        await gate.waitForScript()
        #expect(try await server.lovage("retry", second).code == 0)
        try gate.open()
        await gate.waitForScript()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(lines == ["start", "end", "start", "end", "start"])
        #expect(try await server.lovage("cancel", second).code == 0)
        await gate.waitForScript()
        try gate.open()
    }

    @Test func `that fails says with what words, once, wherever it is shown`() async throws {
        let (server, _) = try await Self.server()
        let id = try await server.lovage("submit", "life.fail").firstLine()
        #expect(try await server.lovage("wait", id).code == 1)
        for shown in [
            try await server.lovage("get", id), try await server.lovage("list", "--columns", "id,error"),
            try await server.lovage("explain", id),
        ] {
            #expect(shown.output.contains("exit code 4: no such thing"), "\(shown.output)")
            #expect(!shown.output.contains("exit 4: exit"), "\(shown.output)")
        }
        let broken = try await server.lovage("submit", "life.broken").firstLine()
        #expect(try await server.lovage("wait", broken, "--json").output.contains(#""kind":"result""#))
    }

    @Test func `leaves a line in its log for the processes that were ended with it`() async throws {
        let (server, _) = try await Self.server()
        let id = try await server.lovage("submit", "life.daemon").firstLine()
        #expect(try await server.lovage("wait", id).code == 0)
        let log = try await server.lovage("logs", id).output
        #expect(log == "started\n[lovage: 1 process that the command had left behind was ended]\n")
    }

    @Test func `keeps the order of its streams in its log when they are merged`() async throws {
        let (server, _) = try await Self.server()
        let id = try await server.lovage("submit", "life.merged").firstLine()
        #expect(try await server.lovage("wait", id).code == 1)
        let expected = (1...50).map { "out\($0)\nerr\($0)\n" }.joined()
        #expect(try await server.lovage("logs", id).output == expected)
        #expect(try await server.lovage("get", id).output.contains("exit code 2: err49 | out50 | err50"))
    }

    /// The soft limits are long enough for a script on a busy machine to have set its traps.
    private static func server() async throws -> (RunningServer, Gate) {
        let folder = try TestFolder()
        let scripts = [
            "tidy": """
            trap 'echo asked >"$1/came"; read -r word <"$1/go"; echo "\\"tidy\\"" >"$LOVAGE_RESULT"; exit 0' TERM
            echo up >"$1/came"
            while :; do sleep 0.02; done
            """,
            "skip": "trap 'exit 3' TERM; while :; do sleep 0.02; done",
            "deaf": "echo waiting; exec sleep 60",
            "stubborn": "trap '' TERM; while :; do sleep 0.02; done",
            "once": """
            trap 'echo asked >"$1/came"; read -r word <"$1/go"; echo end >>"$2"; exit 0' TERM
            echo start >>"$2"
            echo up >"$1/came"
            while :; do sleep 0.02; done
            """,
            "fail": "echo hello; echo 'no such thing' >&2; exit 4", "broken": "echo '{' >\"$LOVAGE_RESULT\"",
            "daemon": "(setsid sleep 60 >/dev/null 2>&1 </dev/null &); echo started",
            "merged": "for i in $(seq 50); do echo out$i; echo err$i >&2; done; exit 2",
        ]
        for (name, text) in scripts { try folder.write("#!/bin/bash\n\(text)\n", to: "definitions/s/\(name).sh") }
        try folder.write(
            """
            command: life.tidy
            run: [s/tidy.sh, "${args.gate}"]
            parameters: {gate: {required: true}}
            soft_timeout: 5s
            timeout: 5m
            grace: 0s
            ---
            command: life.skip
            run: [s/skip.sh]
            soft_timeout: 5s
            exit_codes: {skip: [3]}
            ---
            command: life.deaf
            run: [s/deaf.sh]
            soft_timeout: 5s
            ---
            command: life.stubborn
            run: [s/stubborn.sh]
            soft_timeout: 5s
            timeout: 6s
            grace: 1h
            ---
            command: life.once
            run: [s/once.sh, "${args.gate}", "${args.log}"]
            parameters: {gate: {required: true}, log: {required: true}}
            unique: true
            grace: 5m
            ---
            command: life.fail
            run: [s/fail.sh]
            ---
            command: life.broken
            run: [s/broken.sh]
            ---
            command: life.daemon
            run: [s/daemon.sh]
            ---
            command: life.merged
            run: [s/merged.sh]
            streams: merged
            """, to: "definitions/life.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "2"])
        let applied = try await server.lovage("apply", folder.file("definitions").path)
        #expect(applied.code == 0, "\(applied.complaints)")
        return (server, try Gate(in: folder))
    }
}
