import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct RunFailureTests {
    private static let files = #"""
        {"files":[{"path":"w.yaml","text":"command: ls\nrun: [ls]\nretries: 0\n---\nworkflow: w\nparameters: {items: {type: list, default: [1, 2, 3, 4, 5]}}\nsteps:\n  many: {run: ls, foreach: \"${params.items}\"}\n  last: {run: ls, needs: [many]}\n"}]}
        """#

    @Test func `a run that failed says at which jobs and why, and can be run again`() async throws {
        let bed = Bed()
        try await bed.run(kinds: ["ls"]) { api in
            let applied = try await api.post("/definitions", Self.files)
            try #require(applied.status == 200, "\(applied.text)")
            let run = try await api.post("/workflows", #"{"name":"w"}"#)
            let begun = try await api.get("/workflows/\(run.id)/explain")
            #expect(begun.json["steps"]?[0]?["state"] == "waiting", "nothing has begun")
            let early = try await api.post("/workflows/\(run.id)/retry")
            #expect(early.code == "not_retryable")
            let jobs = try await bed.claim(5, kinds: ["ls"])
            for job in jobs {
                let isGood = job.membership?.index == 0
                try await bed.end(
                    job,
                    isGood
                        ? .succeeded(nil)
                        : .failed(Failure(kind: "exit 3", message: "no such host", isRetryable: false)))
            }
            let shown = try await api.get("/workflows/\(run.id)").json
            #expect(shown["outcome"] == "failed")
            let failures = shown["steps"]?[0]?["failures"]?.arrayValue ?? []
            #expect(failures.map { $0["index"] } == [1, 2, 3])
            #expect(failures.first?["message"] == "no such host")
            #expect(shown["steps"]?[1]?["failures"] == [])
            let why = try await api.get("/workflows/\(run.id)/explain").json
            #expect(why["summary"] == "it is finished: failed at many")
            #expect(why["steps"]?[0]?["reasons"]?[0]?["message"]?.stringValue?.contains("no such host") == true)
            #expect(why["steps"]?[0]?["reasons"]?[0]?["hint"]?.stringValue?.hasPrefix("lovage logs ") == true)
            #expect(why["hint"]?.stringValue == "lovage workflow retry \(run.id)")

            let again = try await api.post("/workflows/\(run.id.suffix(8))/retry")
            #expect(again.json["state"] == "running")
            #expect(try await bed.claim(9, kinds: ["ls"]).count == 4, "what succeeded is not run again")
        }
    }

    @Test func `a run that succeeded has nothing to run again`() async throws {
        let bed = Bed()
        try await bed.run(kinds: ["ls"]) { api in
            try #require(try await api.post("/definitions", Self.files).status == 200)
            let run = try await api.post("/workflows", #"{"name":"w"}"#)
            for _ in 0..<2 {
                for job in try await bed.claim(5, kinds: ["ls"]) { try await bed.end(job, .succeeded(nil)) }
            }
            let refused = try await api.post("/workflows/\(run.id)/retry")
            #expect(refused.code == "not_retryable")
            let why = try await api.get("/workflows/\(run.id)/explain").json
            #expect(why["hint"] == .null)
        }
    }

    @Test func `a run that was cancelled says by what words, and nothing where there were none`() async throws {
        try await Bed().run(kinds: ["ls"]) { api in
            try #require(try await api.post("/definitions", Self.files).status == 200)
            let silent = try await api.post("/workflows", #"{"name":"w"}"#)
            #expect(try await api.post("/workflows/\(silent.id)/cancel").json["reason"] == .null)
            let told = try await api.post("/workflows", #"{"name":"w"}"#)
            _ = try await api.post("/workflows/\(told.id)/cancel", #"{"reason":"wrong day"}"#)
            let why = try await api.get("/workflows/\(told.id)/explain").json
            #expect(why["summary"] == "it is finished: cancelled: wrong day")
        }
    }
}
