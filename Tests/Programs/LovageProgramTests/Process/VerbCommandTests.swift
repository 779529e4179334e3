import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

/// What people ask a server for first, with the built binary.
@Suite(.timeLimit(.minutes(5))) struct `The verbs of the binary` {
    @Test func `show whatever has an id or a name`() async throws {
        let server = try await Self.server()
        let id = try await server.lovage("submit", "ops.ok").firstLine()
        let run = try await server.lovage("workflow", "run", "pair", "who=ann").firstLine()
        #expect(try await server.lovage("wait", id, run).code == 1)
        #expect(try await server.lovage("show", id).output.contains("ops.ok"))
        #expect(try await server.lovage("show", String(id.suffix(8))).output.contains(id))
        #expect(try await server.lovage("get", String(run.suffix(8))).output.contains("bad"))
        #expect(try await server.lovage("show", "pair").output.contains("must be given"))
        #expect(try await server.lovage("show", "ops.ok").output.contains("runs  sh -c"))
        #expect(try await server.lovage("show", "default").output.contains("open"))
        let worker = try await server.client.workers()[0]
        #expect(try await server.lovage("worker", "show", String(worker.id.description.suffix(8))).code == 0)
        #expect(try await server.lovage("show", worker.name).output.contains("slots"))
        #expect(try await server.lovage("show", "pairs").complaints.contains("did you mean 'pair'?"))
        #expect(try await server.lovage("show", "pairs").code == 4)
        #expect(try await server.lovage("queue", "show", "defalt").complaints.contains("did you mean 'default'?"))
        let both = try await server.lovage("show", String(id.prefix(6)))
        #expect(both.code == 2)
        #expect(both.complaints.contains(id) && both.complaints.contains(run))
    }

    @Test func `take runs where they take jobs, and say what is which`() async throws {
        let server = try await Self.server()
        let run = try await server.lovage("workflow", "run", "pair", "who=ann").firstLine()
        #expect(try await server.lovage("workflow", "wait", run).code == 1)
        let member = try #require(try await server.client.jobs(JobsFilter(workflow: WorkflowID(run))).items.first)
        let logs = try await server.lovage("logs", run)
        #expect(logs.output.contains("good | hello ann\n"))
        #expect(logs.output.contains("bad | no such host\n"))
        let one = try await server.lovage("workflow", "logs", run, "--step", "good")
        #expect(one.output == "good | hello ann\n")
        #expect(try await server.lovage("workflow", "logs", run, "--follow").lines.count == logs.lines.count)
        let step = try await server.lovage("workflow", "logs", run, "--step", "god")
        #expect(step.code == 4)
        #expect(step.complaints.contains("did you mean 'good'?"))
        #expect(try await server.lovage("workflow", "show", member.id.description).output.contains(run))
        let job = try await server.lovage("workflow", "cancel", member.id.description)
        #expect(job.code == 2)
        #expect(job.complaints.contains("lovage cancel \(member.id)"))
        #expect(try await server.lovage("retry", run).output == "\(run) running\n")
        #expect(try await server.lovage("wait", run).code == 1)
        #expect(try await server.lovage("workflow", "retry", run).code == 0)
        let ok = try await server.lovage("workflow", "run", "fine", "--watch", "--json")
        #expect(ok.code == 0)
        let fine = try #require(try await server.client.workflows(name: "fine").items.first?.id.description)
        #expect(try await server.lovage("workflow", "retry", fine).code == 2)
    }

    @Test func `do all of several, and then say what was unknown`() async throws {
        let server = try await Self.server()
        let nobody = "01930a3e-0000-7000-8000-000000000000"
        var ids: [String] = []
        for _ in 0..<2 { ids.append(try await server.lovage("submit", "ops.ok", "--after", "1h").firstLine()) }
        let cancelled = try await server.lovage("cancel", ids[0], nobody, ids[1])
        #expect(cancelled.code == 4)
        #expect(cancelled.lines.count == 2)
        #expect(cancelled.complaints.contains(nobody))
        #expect(try await server.lovage("wait", nobody, ids[0], ids[1]).code == 4)
        let retried = try await server.lovage("retry", ids[0], nobody, ids[1])
        #expect(retried.code == 4)
        #expect(retried.lines.count == 2)
    }

    @Test func `say with --json what is wrong as an object`() async throws {
        let server = try await Self.server()
        func error(_ arguments: String...) async throws -> JSONValue? {
            let ended = try await Program.run(
                arguments + ["--json"], in: server.folder, environment: ["LOVAGE_SERVER": server.address])
            #expect(ended.output == "", "\(arguments)")
            return try JSONValue(parsing: ended.complaints.utf8)["error"]
        }
        #expect(try await error("submit", "ops.okk")?["code"] == "unknown_kind")
        #expect(try await error("submit", "ops.okk")?["hint"]?.stringValue?.contains("ops.ok") == true)
        #expect(try await error("get", "01930a3e-0000-7000-8000-000000000000")?["exit"] == 4)
        #expect(try await error("stauts")?["code"] == "usage")
        #expect(try await error("list", "--limit", "ten")?["exit"] == 2)
        #expect(try await error("list", "--server", "http://127.0.0.1:1")?["code"] == "no_server")
        let empty = try await server.lovage("list", "--kind", "ops.okk", "--json")
        #expect(empty.code == 3)
        #expect(empty.output.hasPrefix(#"{"items":[]"#))
        #expect(try await server.lovage("workflow", "list", "--json").code == 3)
    }

    @Test func `list what was applied, what happened since, and what was meant`() async throws {
        let server = try await Self.server()
        let listed = try await server.lovage("definitions")
        #expect(listed.output.contains("who*"))
        #expect(try await server.lovage("definitions", "pair").output.contains("good"))
        #expect(try await server.lovage("definitions", "pai").code == 4)
        #expect(try await server.lovage("list", "--kind", "ops.o").complaints.contains("did you mean 'ops.ok'?"))
        #expect(try await server.lovage("list", "--state", "failed").complaints.contains("--outcome failed"))
        _ = try await server.lovage("call", "ops.ok")
        #expect(try await server.lovage("ps", "--since", "1h").lines.count == 2)
        #expect(try await server.lovage("list", "--since", "2999-01-01").code == 3)
        #expect(try await server.lovage("list", "--since", "yesterday").code == 2)
        let run = try await server.lovage("workflow", "run", "fine").firstLine()
        #expect(try await server.lovage("list", "--workflow", String(run.suffix(8))).output.contains("STEP"))
        #expect(try await server.lovage("list").output.contains("SUBMITTED"))
    }

    @Test func `say on one page how all is, and by their code whether it is well`() async throws {
        let server = try await Self.server()
        #expect(try await server.lovage("health").output.hasPrefix("healthy: "))
        let failed = try await server.lovage("submit", "ops.bad").firstLine()
        _ = try await server.lovage("wait", failed)
        _ = try await server.lovage("queue", "pause", "default")
        _ = try await server.lovage("submit", "ops.ok")
        let page = try await server.lovage("status")
        #expect(page.code == 0, "\(page.complaints)")
        #expect(page.output.hasPrefix("healthy  unix:"))
        #expect(page.output.contains(failed))
        #expect(page.output.contains("queue default is paused"))
        #expect(page.output.contains("lovage queue resume default"))
        #expect(try await server.lovage("status", "--json").output.contains(#""troubles":[]"#))
        #expect(try await Program.run(["status", "--server", "http://127.0.0.1:1"], in: server.folder).code == 5)
    }

    private static func server() async throws -> RunningServer {
        let folder = try TestFolder()
        try folder.write(
            """
            command: ops.ok
            run: [sh, -c, "echo hello $0", "${args.who}"]
            parameters: {who: {type: string, default: world}}
            ---
            command: ops.bad
            run: [sh, -c, "echo no such host >&2; exit 3"]
            retries: 0
            ---
            workflow: pair
            parameters: {who: {type: string, required: true}}
            steps:
              good: {run: ops.ok, with: {who: "${params.who}"}}
              bad: {run: ops.bad, needs: [good]}
              never: {run: ops.ok, needs: [bad]}
            ---
            workflow: fine
            steps:
              only: {run: ops.ok}
            """, to: "definitions/all.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "2"])
        let applied = try await server.lovage("apply", folder.file("definitions").path)
        try #require(applied.code == 0, "\(applied.complaints)")
        return server
    }
}
