import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import LovageWorkflow
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct FindTests {
    /// Two jobs that begin alike and end otherwise.
    private static let first = JobID(UUIDv7(high: 0x0193_0a3e_0000_7000, low: 0x8000_0000_aaaa_0001))
    private static let second = JobID(UUIDv7(high: 0x0193_0a3e_0000_7000, low: 0x8000_0000_aaaa_0002))

    private func bed() async throws -> Bed {
        let bed = Bed()
        _ = try await bed.store.submit(
            [Self.first, Self.second].map { Submission(id: $0, kind: "k", arguments: .emptyObject) })
        return bed
    }

    @Test func `a job is reached by its last eight characters, or by a beginning that no other has`() async throws {
        try await bed().run { api in
            for text in [
                "aaaa0001", "AAAA0001", "01930a3e-0000-7000-8000-0000aaaa0001", "01930a3e000070008000-0000aaaa0001",
            ] {
                #expect(try await api.get("/jobs/\(text)").id == Self.first.description)
            }
            let cancelled = try await api.post("/jobs/aaaa0002/cancel")
            #expect(cancelled.json["outcome"] == "cancelled")
            #expect(try await api.get("/jobs/aaaa0002/explain").json["id"]?.stringValue == Self.second.description)
            #expect(try await api.get("/jobs/aaaa0002/attempts").status == 200)
        }
    }

    @Test func `what may be several jobs is refused with all of them`() async throws {
        try await bed().run { api in
            let answer = try await api.get("/jobs/01930a3e")
            #expect(answer.status == 409)
            #expect(answer.code == "ambiguous_id")
            let message = answer.json["error"]?["message"]?.stringValue ?? ""
            #expect(message.contains(Self.first.description) && message.contains(Self.second.description))
            #expect(try await api.get("/jobs/01930b").code == "unknown_job")
            #expect(try await api.get("/jobs/0193").code == "invalid_request")
            #expect(try await api.get("/workflows/01930a3e").code == "unknown_workflow")
        }
    }

    @Test func `the end of an id is looked for among the newest only`() async throws {
        let bed = try await bed()
        let newer = (0..<IDFinder.mostRecent).map { number in
            Submission(
                id: JobID(UUIDv7(high: 0x0193_0a3e_0001_7000, low: 0x8000_0000_bbbb_0000 + UInt64(number))), kind: "k",
                arguments: .emptyObject)
        }
        _ = try await bed.store.submit(newer)
        try await bed.run { api in
            let end = try await api.get("/jobs/aaaa0001")
            #expect(end.code == "unknown_job")
            #expect(try await api.get("/jobs/01930a3e-0000-7000-8000-0000aaaa0001").status == 200)
        }
    }

    @Test func `anything is found by an id, a part of one, or a name, and is told apart`() async throws {
        let bed = try await bed()
        try await bed.run { api in
            let applied = try await api.post("/definitions", WorkflowRouteTests.files)
            try #require(applied.status == 200, "\(applied.text)")
            let run = try await api.post("/workflows", #"{"name":"backup"}"#)
            func sorts(_ text: String) async throws -> [String?] {
                (try await api.get("/find/\(text)").json["found"]?.arrayValue ?? []).map { $0["sort"]?.stringValue }
            }
            #expect(try await sorts(run.id) == ["run"])
            #expect(try await sorts(Self.first.description) == ["job"])
            #expect(try await sorts("aaaa0002") == ["job"])
            #expect(try await sorts(bed.worker.description) == ["worker"])
            #expect(try await sorts("80000000-00000001").isEmpty)
            #expect(try await sorts("w1") == ["worker"])
            #expect(try await sorts("default") == ["queue"])
            #expect(try await sorts("backup") == ["workflow"])
            #expect(try await sorts("list") == ["command"])
            #expect(try await sorts("01930a3e") == ["job", "job", "worker"])
            let near = try await api.get("/find/bakup")
            #expect(near.code == "unknown_id")
            #expect(near.json["error"]?["hint"] == "did you mean 'backup'?")
            #expect(try await api.get("/jobs/\(run.id)").text.contains("is a run of backup and no job"))
            #expect(try await api.post("/jobs/\(run.id)/cancel").code == "unknown_job")
            #expect(try await api.get("/workflows/\(Self.first)").text.contains("is a job and no run"))
            #expect(try await api.get("/jobs?workflow=\(run.id.suffix(8))").json["items"]?.arrayValue?.count == 2)
        }
    }

    @Test func `of many that fit five are named, and that there are more`() async throws {
        let bed = Bed()
        _ = try await bed.store.submit(
            (0..<7).map {
                Submission(
                    id: JobID(UUIDv7(high: 0x0193_0a3e_0000_7000, low: 0x8000_0000_0000_0000 + UInt64($0))), kind: "k",
                    arguments: .emptyObject)
            })
        try await bed.run(kinds: []) { api in
            let found = try await api.get("/find/01930a3e").json
            #expect(found["found"]?.arrayValue?.count == 5)
            #expect(found["more"] == true)
        }
    }

    @Test func `jobs and runs are listed from a moment on`() async throws {
        let bed = Bed()
        try await bed.run { api in
            try #require(try await api.post("/definitions", WorkflowRouteTests.files).status == 200)
            _ = try await api.post("/jobs", #"{"kind":"k"}"#)
            _ = try await api.post("/workflows", #"{"name":"backup"}"#)
            bed.clock.advance(by: .seconds(10))
            let since = RFC3339.exactText(bed.store.now().wall.microseconds)
            let late = try await api.post("/jobs", #"{"kind":"k"}"#)
            #expect(try await api.get("/jobs?kind=k").json["items"]?.arrayValue?.count == 2)
            let items = try await api.get("/jobs?kind=k&since=\(since)").json["items"]?.arrayValue
            #expect(items?.map { $0["id"]?.stringValue } == [late.id])
            #expect(try await api.get("/workflows?since=\(since)").json["items"] == [])
            #expect(try await api.get("/jobs?since=yesterday").code == "invalid_request")
        }
    }
}
