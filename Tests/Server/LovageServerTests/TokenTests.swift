import HTTPTypes
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorker
import Testing

@testable import LovageServer

/// Who is let in over TCP.
@Suite(.timeLimit(.minutes(5))) struct TokenTests {
    private let bed = Bed()

    private static func header(_ token: TokenText) -> [String: String] { ["Authorization": "Bearer \(token.text)"] }

    private func token(_ name: TokenName = "first", _ kind: TokenKind = .admin) async throws -> TokenText {
        let made = TokenMaking.make(name, kind)
        guard case .created = try await bed.store.insert(made.draft) else { throw NoToken() }
        return made.text
    }

    @Test func `nothing but the probes is answered without a token`() async throws {
        try await bed.run(at: .tcp(isOpen: false)) { [bed] api in
            for route in Route.all {
                let path = route.path.replacing("{id}", with: "01930a3e-0000-7000-8000-000000000000")
                    .replacing("{name}", with: "default").replacing("{sort}", with: "command")
                    .replacing("{token}", with: "0123456789abcdef")
                let answer = try await api.call(route.method.rawValue, path)
                if ["/health/live", "/health/ready"].contains(route.path) {
                    #expect(answer.status == 200)
                } else {
                    #expect(answer.status == 401, "\(route.name)")
                    #expect(answer.code == "unauthorized")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                    #expect(answer.json["error"]?["hint"]?.stringValue?.contains("'token'") == true)
                }
            }
            #expect(try await bed.store.queues().isEmpty)
        }
    }

    @Test func `without a token a probe says that something is wrong, and not what`() async throws {
        let condition = WorkerCondition(now: { StoreTime(microseconds: 1_700_000_000_000_000) })
        condition.letDown(by: MachineTrouble(.disk, "no space left on the disk of /d"))
        try await Bed(condition: condition).run(at: .tcp(isOpen: false)) { api in
            let ready = try await api.get("/health/ready")
            #expect(ready.status == 503)
            #expect(ready.code == "not_ready")
            #expect(!ready.text.contains("space"))
        }
    }

    @Test func `a token lets everybody in who has it, until it is revoked`() async throws {
        let first = try await token()
        try await bed.run(at: .tcp(isOpen: false)) { api in
            let headers = Self.header(first)
            #expect(try await api.get("/queues", headers: headers).status == 200)
            let made = try await api.post("/tokens", #"{"name":"robot"}"#, headers: headers)
            #expect(made.status == 201)
            let second = try #require(made.json["text"]?.stringValue.flatMap { TokenText($0) })
            #expect(made.json["token"]?["id"]?.stringValue == second.id.description)
            #expect(try await api.get("/queues", headers: Self.header(second)).status == 200)
            #expect(
                try await api.post("/jobs", #"{"kind":"k"}"#, headers: ["authorization": "bearer \(second.text)"])
                    .status
                    == 201)

            let listed = try await api.get("/tokens", headers: headers)
            #expect(listed.json["tokens"]?.arrayValue?.count == 2)
            for token in [first, second] { #expect(!listed.text.contains(token.text.suffix(43))) }

            let revoked = try await api.post("/tokens/\(second.id)/revoke", headers: headers)
            #expect(revoked.json["revoked"]?.stringValue != nil)
            let refused = try await api.get("/queues", headers: Self.header(second))
            #expect(refused.status == 401)
            #expect(refused.text.contains("'robot' was revoked"))
            #expect(try await api.get("/queues", headers: headers).status == 200)
        }
    }

    @Test func `what is no token, or another's, is refused and not repeated`() async throws {
        let right = try await token()
        let other = TokenMaking.make("other", .admin).text
        let forged = "lvg_admin_\(right.id)_\(other.text.suffix(43))"
        let wrong = [
            "Bearer \(other.text)", "Bearer \(forged)", "Bearer \(right.text)x", "Bearer ", "Bearer", right.text,
            "Basic \(right.text)", "Bearer lvg_agent_\(right.id)_\(right.text.suffix(43))", "Bearer  \(right.text)",
        ]
        try await bed.run(at: .tcp(isOpen: false)) { api in
            for header in wrong {
                let answer = try await api.get("/queues", headers: ["Authorization": header])
                #expect(answer.status == 401, "\(header.prefix(20))")
                #expect(!answer.text.contains(other.text.suffix(43)))
                #expect(!answer.text.contains(right.text.suffix(43)))
            }
        }
    }

    @Test func `a kind of token that this version does not know lets nobody in`() async throws {
        let agent = try await token("agent", try #require(TokenKind("agent")))
        try await bed.run(at: .tcp(isOpen: false)) { api in
            let answer = try await api.get("/queues", headers: Self.header(agent))
            #expect(answer.status == 401)
        }
    }

    @Test func `on the socket, and where it is said to be open, nobody is asked`() async throws {
        for entrance in [Entrance.socket(path: "/s"), .tcp(isOpen: true)] {
            try await bed.run(at: entrance) { api in
                let answer = try await api.get("/queues")
                #expect(answer.status == 200)
            }
        }
        // No browser reaches a socket, so there is no name to check.
        try await bed.run(at: .socket(path: "/s")) { api in
            let answer = try await api.get("/queues", headers: ["Host": "anything"])
            #expect(answer.status == 200)
        }
    }

    @Test func `names are taken once, ids are known, and the number is bounded`() async throws {
        try await bed.run { [bed] api in
            #expect(try await api.post("/tokens", #"{"name":"a"}"#).status == 201)
            let taken = try await api.post("/tokens", #"{"name":"a"}"#)
            #expect(taken.status == 409)
            #expect(taken.code == "name_taken")
            #expect(try await api.post("/tokens", #"{"name":"no good"}"#).status == 400)
            #expect(try await api.post("/tokens", #"{"name":"b","kind":"agent"}"#).code == "unknown_field")
            for id in ["0123456789abcdef", "a", "%2e%2e"] {
                #expect(try await api.post("/tokens/\(id)/revoke").code == "unknown_token")
            }
            for number in 1..<TokenRecord.most {
                _ = try await bed.store.insert(TokenMaking.make(TokenName(trusted: "t\(number)"), .admin).draft)
            }
            #expect(try await api.post("/tokens", #"{"name":"b"}"#).code == "too_many_tokens")
        }
    }

    private struct NoToken: Error {}
}
