import HTTPTypes
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct JobRouteTests {
    @Test(arguments: Bed.Way.allCases)
    func `a submitted job is found under its id with its arguments byte for byte`(_ way: Bed.Way) async throws {
        let bed = Bed()
        try await bed.run(way) { api in
            let submitted = try await api.post("/jobs", #"{"kind":"k","arguments":{"b": 1.0, "a":"é"},"priority":7}"#)
            #expect(submitted.status == 201)
            #expect(submitted.json["answer"] == "created")
            let job = try await api.get("/jobs/\(submitted.id)")
            #expect(job.status == 200)
            #expect(job.text.contains(#""arguments":{"b": 1.0, "a":"é"}"#))
            #expect(job.json["state"] == "ready")
            #expect(job.json["outcome"] == .null)
            #expect(job.json["priority"] == 7)
            #expect(job.json["submitted"] == "2026-01-01T00:00:00.000Z")
        }
    }

    @Test func `an id that was never submitted is another answer than one that waits`() async throws {
        try await Bed().run { api in
            let unknown = try await api.get("/jobs/01930a3e-0000-7000-8000-000000000000")
            #expect(unknown.status == 404)
            #expect(unknown.code == "unknown_job")
            for path in ["wait", "attempts", "explain", "logs"] {
                #expect(try await api.get("/jobs/01930a3e-0000-7000-8000-000000000000/\(path)").code == "unknown_job")
            }
            for path in ["cancel", "retry"] {
                #expect(try await api.post("/jobs/01930a3e-0000-7000-8000-000000000000/\(path)").code == "unknown_job")
            }
            #expect(try await api.get("/jobs/nonsense").code == "invalid_request")
        }
    }

    @Test func `every option of a submission reaches the job`() async throws {
        let bed = Bed()
        try await bed.run(queues: ["mail"]) { api in
            let body = """
                {"kind":"k","queue":"mail","priority":-5,"afterSeconds":1.5,"startWithinSeconds":60,"deadlineSeconds":3600,
                 "softTimeoutSeconds":5,"timeoutSeconds":10,"retries":4,"backoff":{"listSeconds":[1,2.5]},
                 "crashLimit":2,"unstartedLimit":6,"idempotencyKey":"key","unique":["user"]}
                """
            let answer = try await api.post("/jobs", body)
            let job = try #require(try await bed.store.job(JobID(answer.id)!))
            #expect(
                job.options
                    == JobOptions(
                        queue: "mail", priority: -5, start: .after(.milliseconds(1_500)), startWithin: .seconds(60),
                        deadline: .seconds(3_600), softLimit: .seconds(5), hardLimit: .seconds(10),
                        retry: RetryPolicy(retries: 4, backoff: .list([.seconds(1), .milliseconds(2_500)])),
                        crashLimit: 2, unstartedLimit: 6, idempotencyKey: "key", unique: .members(["user"])))
            let view = try await api.get("/jobs/\(answer.id)")
            #expect(view.json["reason"] == "delayed")
            #expect(view.json["dueAt"] == "2026-01-01T00:00:01.500Z")
            #expect(view.json["attemptsAllowed"] == 5)
        }
    }

    @Test func `the same idempotency key repeats, and with other arguments it conflicts`() async throws {
        try await Bed().run { api in
            let key = ["Idempotency-Key": "one"]
            let first = try await api.post("/jobs", #"{"kind":"k","arguments":1}"#, headers: key)
            let second = try await api.post("/jobs", #"{"kind":"k","arguments":1}"#, headers: key)
            #expect(second.status == 200)
            #expect(second.json["answer"] == "repeated")
            #expect(second.id == first.id)
            let other = try await api.post("/jobs", #"{"kind":"k","arguments":2}"#, headers: key)
            #expect(other.status == 409)
            #expect(other.code == "key_conflict")
            #expect(other.json["error"]?["message"]?.stringValue?.contains("which has other arguments") == true)
            _ = try await api.call("PATCH", "/queues/q", #"{"capacity":5}"#)
            let elsewhere = try await api.post("/jobs", #"{"kind":"k","arguments":1,"queue":"q"}"#, headers: key)
            #expect(elsewhere.json["error"]?["message"]?.stringValue?.contains("stands in another queue") == true)
        }
    }

    @Test func `a key whose job is no longer kept says so`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let key = ["Idempotency-Key": "one"]
            try await bed.store.set(QueueSettings(keepFinishedFor: .zero), for: .default)
            let first = try await api.post("/jobs", #"{"kind":"k"}"#, headers: key)
            #expect(first.json["gone"] == nil)
            #expect(try await api.post("/jobs", #"{"kind":"k"}"#, headers: key).json["gone"] == nil)
            #expect(try await api.post("/jobs/\(first.id)/cancel").json["outcome"] == "cancelled")
            #expect(try await bed.store.prune(upTo: 10).map(\.description) == [first.id])
            let again = try await api.post("/jobs", #"{"kind":"k"}"#, headers: key)
            #expect(again.json["answer"] == "repeated")
            #expect(again.id == first.id)
            #expect(again.json["gone"] == true)
        }
    }

    @Test func `equal unique jobs are merged while one is not over`() async throws {
        try await Bed().run { api in
            let body = #"{"kind":"k","arguments":{"a":1},"unique":true}"#
            let first = try await api.post("/jobs", body)
            let second = try await api.post("/jobs", body)
            #expect(second.json["answer"] == "merged")
            #expect(second.id == first.id)
        }
    }

    @Test func `a full queue refuses with 429, or waits for room when asked to`() async throws {
        let bed = Bed()
        try await bed.run { api in
            _ = try await api.call("PATCH", "/queues/default", #"{"capacity":1}"#)
            let first = try await api.post("/jobs", #"{"kind":"k"}"#)
            let full = try await api.post("/jobs", #"{"kind":"k"}"#)
            #expect(full.status == 429)
            #expect(full.code == "queue_full")
            #expect(full.headers[.retryAfter] == "1")

            async let waiting = api.post("/jobs", #"{"kind":"k","whenFull":"wait"}"#)
            // The patience of the waiting submitter is the sign that it waits.
            await bed.clock.sleepers(atLeast: 1)
            #expect(try await api.post("/jobs/\(first.id)/cancel").status == 200)
            #expect(try await waiting.status == 201)
        }
    }

    @Test func `a submitter that waits for room gives up after the time it named`() async throws {
        let bed = Bed()
        try await bed.run { api in
            _ = try await api.call("PATCH", "/queues/default", #"{"capacity":1}"#)
            _ = try await api.post("/jobs", #"{"kind":"k"}"#)
            async let waiting = api.post("/jobs", #"{"kind":"k","whenFull":"wait","roomWithinSeconds":5}"#)
            await bed.clock.sleepers(atLeast: 1)
            bed.clock.advance(by: .seconds(5))
            #expect(try await waiting.code == "queue_full")
        }
    }

    @Test func `many jobs are answered one by one, and a refusal touches no other`() async throws {
        let bed = Bed()
        try await bed.run { api in
            _ = try await api.call("PATCH", "/queues/small", #"{"capacity":1}"#)
            let jobs =
                #"[{"kind":"k"},{"kind":"k","queue":"small"},{"kind":"k","queue":"small"},{"kind":"k","arguments":3}]"#
            let answer = try await api.post("/jobs/bulk", #"{"jobs":\#(jobs)}"#)
            let answers = answer.json["answers"]?.arrayValue ?? []
            #expect(answers.map { $0["answer"]?.stringValue } == ["created", "created", "refused", "created"])
            #expect(answers.last?["id"]?.stringValue.flatMap(JobID.init) != nil)
            #expect(answers[2]["error"]?["code"] == "queue_full")
            #expect(try await api.get("/jobs").json["items"]?.arrayValue?.count == 3)
        }
    }

    @Test func `a listing is paged without gaps or repeats, and filtered`() async throws {
        let bed = Bed()
        try await bed.run(kinds: ["k0", "k1"], queues: ["q"]) { api in
            var ids: [String] = []
            for number in 0..<7 {
                bed.clock.advance(by: .milliseconds(10))
                ids.append(try await api.post("/jobs", #"{"kind":"k\#(number % 2)","queue":"q"}"#).id)
            }
            var seen: [String] = []
            var next: String?
            repeat {
                let page = try await api.get("/jobs?limit=3\(next.map { "&after=\($0)" } ?? "")")
                seen += (page.json["items"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
                next = page.json["next"]?.stringValue
            } while next != nil
            #expect(seen == ids.reversed())
            let odd = try await api.get("/jobs?kind=k1&queue=q&state=ready")
            #expect(odd.json["items"]?.arrayValue?.count == 3)
            #expect(try await api.get("/jobs?state=finished").json["items"] == [])
        }
    }

    @Test func `a wait ends with the job, and with the time`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let id = try await api.post("/jobs", #"{"kind":"k"}"#).id
            async let late = api.get("/jobs/\(id)/wait?timeout=5")
            await bed.clock.sleepers(atLeast: 1)
            bed.clock.advance(by: .seconds(5))
            #expect(try await late.json["state"] == "ready")

            async let done = api.get("/jobs/\(id)/wait?timeout=60")
            await bed.clock.sleepers(atLeast: 1)
            let job = try #require(try await bed.claim().first)
            try await bed.end(job, .succeeded(try JSONText(validating: #"{"x": 1}"#)))
            let view = try await done
            #expect(view.json["outcome"] == "succeeded")
            #expect(view.text.contains(#""result":{"x": 1}"#))
        }
    }

    @Test func `attempts are listed with their ends`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let id = try await api.post("/jobs", #"{"kind":"k","retries":1,"backoff":{"fixedSeconds":0}}"#).id
            let first = try #require(try await bed.claim().first)
            bed.clock.advance(by: .seconds(2))
            try await bed.end(first, .failed(Failure(kind: "exit 7", message: "no")))
            bed.clock.advance(by: .seconds(100))
            #expect(try await api.get("/jobs/\(id)").json["runSeconds"] == 2, "it waits for its retry")
            _ = try await bed.store.promote(upTo: 10)
            _ = try await bed.claim()
            bed.clock.advance(by: .seconds(3))
            #expect(try await api.get("/jobs/\(id)").json["runSeconds"] == 5)
            #expect(try await api.get("/jobs").json["items"]?.arrayValue?.first?["runSeconds"] == 5)
            let answer = try await api.get("/jobs/\(id)/attempts")
            let attempts = answer.json["attempts"]?.arrayValue ?? []
            #expect(attempts.map { $0["end"] } == ["failed", .null])
            #expect(attempts.first?["failure"]?["kind"] == "exit 7")
            #expect(attempts.first?["runSeconds"] == 2)
        }
    }

    @Test func `a cancel is in effect when it is answered, and a finished job can be retried`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let id = try await api.post("/jobs", #"{"kind":"k"}"#).id
            #expect(try await api.post("/jobs/\(id)/retry").code == "not_retryable")
            let cancelled = try await api.post("/jobs/\(id)/cancel", #"{"reason":"wrong file"}"#)
            #expect(cancelled.json["outcome"] == "cancelled")
            #expect(cancelled.json["reason"] == "wrong file")
            let again = try await api.post("/jobs/\(id)/cancel")
            #expect(again.json["outcome"] == "cancelled")
            let retried = try await api.post("/jobs/\(id)/retry")
            #expect(retried.json["state"] == "ready")
            #expect(retried.json["generation"] == 2)
        }
    }

    @Test func `a retry keeps the version that ran, or runs the newest one if the arguments fit it`() async throws {
        let bed = Bed()
        @Sendable func save(_ hash: String, _ parameters: [Parameter], _ timeout: Duration) async throws {
            let command = CommandDefinition(
                kind: "fix.me", run: ["fix", "${args.x}"], parameters: parameters,
                options: JobOptions(hardLimit: timeout))
            _ = try await bed.store.save([DefinitionDraft(definition: .command(command), hash: hash)], files: [])
        }
        try await save("first", [Parameter(name: "x", type: .integer)], .seconds(5))
        try await bed.run(kinds: ["fix.me"]) { api in
            let id = try await api.post("/jobs", #"{"kind":"fix.me","arguments":{"x":1}}"#).id
            try await bed.end(bed.claim(kinds: ["fix.me"])[0], .failed(Failure(kind: "exit 1", message: "")))
            try await save("second", [Parameter(name: "x", type: .integer)], .seconds(50))
            #expect(try await api.post("/jobs/\(id)/retry").json["definition"] == 1)
            #expect(try await api.post("/jobs/\(id)/retry", #"{"latest":true}"#).code == "not_retryable")
            try await bed.end(bed.claim(kinds: ["fix.me"])[0], .failed(Failure(kind: "exit 1", message: "")))
            #expect(try await api.post("/jobs/\(id)/retry", #"{"latest":true}"#).json["definition"] == 2)
            let job = try #require(try await bed.claim(kinds: ["fix.me"]).first)
            #expect(job.definition == 2)
            #expect(job.options.hardLimit == .seconds(50))
            try await bed.end(job, .failed(Failure(kind: "exit 1", message: "")))
            try await save("third", [Parameter(name: "x", type: .string)], .seconds(50))
            let refused = try await api.post("/jobs/\(id)/retry", #"{"latest":true}"#)
            #expect(refused.code == "invalid_arguments")
            #expect(
                refused.json["error"]?["message"]?.stringValue?.contains("does not fit fix.me v3: argument 'x'") == true
            )
            #expect(try await bed.store.job(job.id)?.outcome == .failed(.error))
        }
    }

    @Test func `arguments of a registered command are held against its definition, all at once`() async throws {
        let bed = Bed()
        let command = CommandDefinition(
            kind: "tar", run: ["tar", "${args.path}", "${args.level}"],
            parameters: [
                Parameter(name: "path", isRequired: true),
                Parameter(name: "level", type: .integer, defaultValue: 6, minimum: 1, maximum: 9),
            ], options: JobOptions(queue: "disk", retry: RetryPolicy(retries: 2)))
        _ = try await bed.store.save([DefinitionDraft(definition: .command(command), hash: "h")], files: [])
        try await bed.store.set(QueueSettings(), for: "disk")
        try await bed.run { api in
            let bad = try await api.post("/jobs", #"{"kind":"tar","arguments":{"level":"high","pth":"x"}}"#)
            #expect(bad.status == 400)
            #expect(bad.code == "invalid_arguments")
            #expect(bad.json["error"]?["problems"]?.arrayValue?.count == 3)
            let good = try await api.post("/jobs", #"{"kind":"tar","arguments":{"path":"/a"},"retries":5}"#)
            let job = try await api.get("/jobs/\(good.id)")
            #expect(job.json["queue"] == "disk")
            #expect(job.json["attemptsAllowed"] == 6)
            #expect(job.json["definition"] == 1)
            #expect(try await bed.store.jobs(JobFilter(), page: PageRequest()).items.count == 1)
        }
    }

    @Test func `a list leaves out what is long unless it is asked for, and says so by leaving the field away`()
        async throws
    {
        let bed = Bed()
        try await bed.run { api in
            let long = "\"" + String(repeating: "x", count: 2_000) + "\""
            let large = try await api.post("/jobs", #"{"kind":"k","arguments":\#(long)}"#).id
            // Ids of one millisecond have no order.
            bed.clock.advance(by: .milliseconds(2))
            _ = try await api.post("/jobs", #"{"kind":"k","arguments":[1]}"#)
            let short = try await api.get("/jobs").json["items"]
            #expect(short?[0]?["arguments"] == [1])
            #expect(short?[0]?["result"] == .null)
            #expect(short?[1]?["id"] == .string(large))
            #expect(short?[1]?["arguments"] == nil)
            let whole = try await api.get("/jobs?include=result,arguments").json["items"]
            #expect(whole?[1]?["arguments"]?.stringValue?.count == 2_000)
            #expect(try await api.get("/jobs/\(large)").json["arguments"]?.stringValue?.count == 2_000)
            #expect(try await api.get("/jobs?include=everything").code == "invalid_request")
            let view = try JobView(try #require(try await api.get("/jobs").json["items"]?[1]).text(), isStrict: true)
            #expect(view.leftOut == .arguments)
            #expect(view.json.string.contains("arguments") == false)
        }
    }

    @Test func `a page of large jobs is short, and its next goes on to the last of them`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let large = "\"" + String(repeating: "x", count: 900_000) + "\""
            for _ in 0..<10 { _ = try await api.post("/jobs", #"{"kind":"k","arguments":\#(large)}"#) }
            var sizes: [Int] = []
            var path: String? = "/jobs?limit=1000&include=arguments"
            while let present = path {
                let page = try await api.get(present)
                #expect(page.bytes.count < 5 << 20)
                sizes.append(page.json["items"]?.arrayValue?.count ?? 0)
                path = page.json["next"]?.stringValue.map { "/jobs?limit=1000&include=arguments&after=\($0)" }
            }
            #expect(sizes == [4, 4, 2])
        }
    }

    @Test func `a job that is not over is not tried again, and told why`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let id = try await api.post("/jobs", #"{"kind":"k"}"#).id
            let ready = try await api.post("/jobs/\(id)/retry")
            #expect(ready.code == "not_retryable")
            #expect(ready.text.contains("is ready: it has yet to run"))
            _ = try await bed.claim()
            #expect(try await api.post("/jobs/\(id)/retry").text.contains("runs now, its attempt 1"))
        }
    }
}
