import HTTPTypes
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct WrongInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let body: String
        let code: String
        let field: String?
        let says: String
        init(_ body: String, _ code: String, _ field: String? = nil, says: String = "") {
            (self.body, self.code, self.field, self.says) = (body, code, field, says)
        }
        var testDescription: String { body.count > 80 ? "\(body.prefix(80))…" : body }
    }

    static let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)

    @Test(arguments: [
        Case("", "invalid_json"), Case("{", "invalid_json"), Case("null", "invalid_request"),
        Case("[]", "invalid_request"),
        Case(#"{"kind":"k"}x"#, "invalid_json"), Case(#"{"kind":"k","kind":"k"}"#, "invalid_json"),
        Case(#"{"kind":"k","arguments":\#(deep)}"#, "invalid_json", says: "deep"),
        Case("{}", "invalid_request", "kind", says: "missing"),
        Case(#"{"kind":7}"#, "invalid_request", "kind", says: "7"),
        Case(#"{"kind":"a b"}"#, "invalid_request", "kind", says: "letters"),
        Case(#"{"kind":"k","queue":"-x"}"#, "invalid_request", "queue"),
        Case(#"{"kind":"k","priorty":1}"#, "unknown_field", "priorty", says: "did you mean 'priority'"),
        Case(#"{"kind":"k","state":"running","fence":9}"#, "unknown_field", "state"),
        Case(#"{"kind":"k","priority":128}"#, "invalid_request", "priority", says: "-128 to 127"),
        Case(#"{"kind":"k","priority":"high"}"#, "invalid_request", "priority", says: "\"high\""),
        Case(#"{"kind":"k","priority":1.5}"#, "invalid_request", "priority"),
        Case(#"{"kind":"k","retries":-1}"#, "invalid_request", "retries"),
        Case(#"{"kind":"k","retries":1e400}"#, "invalid_request", "retries"),
        Case(#"{"kind":"k","timeoutSeconds":0}"#, "invalid_request", "timeoutSeconds", says: "above 0"),
        Case(#"{"kind":"k","softTimeoutSeconds":1e-9}"#, "invalid_request", "softTimeoutSeconds", says: "above 0"),
        Case(#"{"kind":"k","deadlineSeconds":0.0}"#, "invalid_request", "deadlineSeconds", says: "above 0"),
        Case(#"{"kind":"k","startWithinSeconds":-0}"#, "invalid_request", "startWithinSeconds", says: "above 0"),
        Case(#"{"kind":"k","afterSeconds":-1}"#, "invalid_request", "afterSeconds"),
        Case(#"{"kind":"k","afterSeconds":1e300}"#, "invalid_request", "afterSeconds"),
        Case(#"{"kind":"k","at":"tomorrow"}"#, "invalid_request", "at", says: "2030-01-31"),
        Case(#"{"kind":"k","at":"2030-02-30T00:00:00Z"}"#, "invalid_request", "at"),
        Case(#"{"kind":"k","at":"2030-01-01T00:00:00Z","afterSeconds":1}"#, "invalid_request", "at", says: "exclude"),
        Case(#"{"kind":"k","softTimeoutSeconds":2,"timeoutSeconds":1}"#, "invalid_request", "softTimeoutSeconds"),
        Case(#"{"kind":"k","backoff":{}}"#, "invalid_request", "backoff.baseSeconds", says: "exactly one"),
        Case(#"{"kind":"k","backoff":{"fixedSeconds":1,"jitter":true}}"#, "invalid_request", "backoff.capSeconds"),
        Case(#"{"kind":"k","backoff":{"fixed":1}}"#, "unknown_field", "backoff.fixed"),
        Case(#"{"kind":"k","unique":[]}"#, "invalid_request", "unique"),
        Case(#"{"kind":"k","unique":"yes"}"#, "invalid_request", "unique"),
        Case(#"{"kind":"k","idempotencyKey":""}"#, "invalid_request", "idempotencyKey"),
        Case(#"{"kind":"k","whenFull":"later"}"#, "invalid_request", "whenFull", says: "refuse, wait"),
        Case(#"{"kind":"k","unknownKind":"later"}"#, "invalid_request", "unknownKind", says: "refuse, wait"),
        Case(#"{"kind":"kk"}"#, "unknown_kind", "kind", says: "did you mean 'k'"),
        Case("{\"kind\":\"\\ud800\"}", "invalid_json"),
        Case(
            #"{"kind":"k","arguments":{"n":[0,\#(String(repeating: "9", count: 9_000))]}}"#, "invalid_request",
            "arguments.n[1]", says: "9000 bytes, more than the 1000 allowed"),
    ])
    func `a wrong submission is refused with the field and the fix, and changes nothing`(_ wrong: Case) async throws {
        let bed = Bed()
        try await bed.run { api in
            let answer = try await api.post("/jobs", wrong.body)
            #expect(answer.status == 400)
            #expect(answer.code == wrong.code)
            if let field = wrong.field { #expect(answer.json["error"]?["field"]?.stringValue == field) }
            #expect(answer.text.replacing("\\\"", with: "\"").contains(wrong.says))
            #expect(try await bed.store.jobs(JobFilter(), page: PageRequest()).items.isEmpty)
        }
    }

    @Test func `bytes that are no UTF-8 are refused`() async throws {
        try await Bed().run { api in
            let bytes = Array(#"{"kind":"k","arguments":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)
            let answer = try await api.call("POST", "/jobs", bytes: bytes)
            #expect(answer.code == "invalid_json")
        }
    }

    @Test(arguments: [
        (#"{"jobs":[]}"#, "jobs"), (#"{"jobs":{}}"#, "jobs"), (#"{}"#, "jobs"),
        (#"{"jobs":[{"kind":"k"},{"kind":"k"},{"kind":"k","priority":true}]}"#, "jobs[2].priority"),
        (#"{"jobs":[{"kind":"k","whenFull":"wait"}]}"#, "jobs[0].whenFull"),
    ])
    func `a wrong job among many is named by its place, and none is stored`(_ body: String, _ field: String)
        async throws
    {
        let bed = Bed()
        try await bed.run { api in
            let answer = try await api.post("/jobs/bulk", body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["field"]?.stringValue == field)
            #expect(try await bed.store.jobs(JobFilter(), page: PageRequest()).items.isEmpty)
        }
    }

    @Test(arguments: [
        ("/jobs?sate=ready", "unknown_parameter"), ("/jobs?state=waiting", "invalid_request"),
        ("/jobs?limit=0", "invalid_request"), ("/jobs?limit=1001", "invalid_request"),
        ("/jobs?limit=ten", "invalid_request"),
        ("/jobs?after=xyz", "invalid_request"), ("/jobs?queue=a%20b", "invalid_request"),
        ("/jobs?queue=%ff", "invalid_request"),
        ("/jobs?limit=1&limit=2", "invalid_request"), ("/jobs?workflow=1", "invalid_request"),
        ("/jobs?queue=x'%20OR%201=1--", "invalid_request"), ("/workers?all=true", "unknown_parameter"),
        ("/queues/q/wait?timeout=61", "invalid_request"), ("/queues/q/wait?timeout=-1", "invalid_request"),
        ("/queues/q/wait?timeout=nan", "invalid_request"), ("/queues/a%20b", "invalid_request"),
        ("/workflows?outcome=great", "invalid_request"), ("/definitions/command/x?version=0", "invalid_request"),
    ])
    func `a wrong query is refused by name`(_ path: String, _ code: String) async throws {
        try await Bed().run { api in
            let answer = try await api.get(path)
            #expect(answer.status == 400)
            #expect(answer.code == code)
            #expect(answer.json["error"]?["field"]?.stringValue?.isEmpty == false)
        }
    }

    @Test(arguments: Bed.Way.allCases)
    func `a body must be JSON by its type, uncompressed and of a bounded size`(_ way: Bed.Way) async throws {
        for (body, headers, code) in [
            ("{}", ["content-type": "text/plain"], "wrong_media_type"),
            ("{}", ["content-type": "application/x-www-form-urlencoded"], "wrong_media_type"),
            ("{}", ["content-type": "application/json", "content-encoding": "gzip"], "wrong_media_type"),
            (#"{"kind":"k","arguments":"\#(String(repeating: "x", count: 1 << 20))"}"#, [:], "body_too_large"),
        ] {
            // Each on a connection of its own: these refusals close it.
            try await Bed().run(way) { api in
                let answer = try await api.post("/jobs", body, headers: headers)
                #expect(answer.code == code)
                #expect(answer.status == (code == "body_too_large" ? 413 : 415))
            }
        }
    }

    @Test func `while the machine's clock stands before 1970 submissions are refused with the reason`() async throws {
        let bed = Bed()
        try await bed.run { api in
            bed.clock.jumpWall(by: .microseconds(-bed.clock.now().wall.microseconds - 1))
            let refused = try await api.post("/jobs", #"{"kind":"k"}"#)
            #expect(refused.status == 503)
            #expect(refused.json["error"]?["message"]?.stringValue?.contains("before 1970; set it") == true)
            bed.clock.jumpWall(by: .seconds(1))
            #expect(try await api.post("/jobs", #"{"kind":"k"}"#).status == 201)
        }
    }

    @Test func `a charset beside the type is taken`() async throws {
        try await Bed().run { api in
            let headers = ["content-type": "application/json; charset=utf-8"]
            let answer = try await api.post("/jobs", #"{"kind":"k"}"#, headers: headers)
            #expect(answer.status == 201)
        }
    }

    @Test func `a body where none is taken is refused`() async throws {
        try await Bed().run { api in
            let answer = try await api.post("/queues/q/pause", "{}")
            #expect(answer.code == "invalid_request")
        }
    }

    @Test func `an unknown path and a wrong method say what there is`() async throws {
        try await Bed().run { api in
            #expect(try await api.get("/nothing").code == "unknown_path")
            #expect(try await api.get("/api/v2/jobs").code == "unknown_path")
            #expect(try await api.get("/api/v1").code == "unknown_path")
            let wrong = try await api.call("DELETE", "/jobs")
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow] == "GET, POST")
        }
    }

    @Test func `odd JSON is refused, and the server goes on`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let numbers = "[" + String(repeating: "1,", count: 100_000) + "1]"
            let keys = "{" + (0..<20_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
            for body in [numbers, keys, Self.deep, String(repeating: "{\"a\":", count: 50_000)] {
                let answer = try await api.post("/jobs", body)
                #expect(answer.status == 400)
            }
        }
    }

    @Test(arguments: [
        ("application/json", true), ("Application/JSON ; charset=UTF-8", true),
        ("application/json;charset=\"utf-8\"", true),
        ("application/json; version=1", true), ("application/json; charset=utf-16", false),
        ("application/json; charset = latin1", false), ("application/json; charset=", false), ("text/json", false),
        ("application/jsonx", false), ("", false), ("; charset=utf-8", false),
    ])
    func `only JSON in UTF-8 is taken`(_ type: String, _ isTaken: Bool) async throws {
        try await Bed().run { api in
            let answer = try await api.post("/jobs", #"{"kind":"k"}"#, headers: ["content-type": type])
            #expect(answer.status == (isTaken ? 201 : 415))
        }
    }

    @Test(arguments: ["0x1p-3", "nan", "inf", "%2B1", "1e999", "-1", "61", ".5", "1.", "", " 1", "infinity"])
    func `a number in a query is written as in JSON`(_ text: String) async throws {
        try await Bed().run { api in
            let answer = try await api.get(
                "/queues/q/wait?timeout=\(PercentCoding.encode(text).replacing("%25", with: "%"))")
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["field"] == "timeout")
            #expect(try await api.get("/queues/q/wait?timeout=2.5e-3").status == 200)
            for limit in ["%2B5", "007", "5.0", "0x5"] {
                #expect(try await api.get("/jobs?limit=\(limit)").status == 400)
            }
        }
    }
}
