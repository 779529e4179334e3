import HTTPTypes
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct SecurityTests {
    @Test(arguments: ["0.0.0.0", "192.168.1.2", "::", "example.org", "127.0.0.2", "localhost", ""])
    func `listening anywhere but on this machine is refused with a reason`(_ host: String) async throws {
        let bed = Bed { $0.host = host }
        let error = await #expect(throws: ServerError.self) { try await bed.service.run() }
        #expect(error?.description.contains("TLS") == true)
    }

    @Test(arguments: [
        ("localhost:4710", true), ("127.0.0.1:4710", true), ("[::1]:4710", true), ("LOCALHOST", true),
        ("127.0.0.1", true), ("evil.example", false), ("127.0.0.1:4711", false), ("localhost.evil.example", false),
        ("127.0.0.1.evil.example:4710", false), ("", false), ("localhost:4710@evil", false), ("localhost ", false),
    ])
    func `the Host header must name this server`(_ host: String, _ isOurs: Bool) {
        let head = RequestGuard.Head(changesState: false, hosts: [host], origins: [], fetchSite: nil)
        let problem = RequestGuard(port: 4710).problem(with: head)
        #expect((problem == nil) == isOurs)
        if !isOurs { #expect(problem?.code == .wrongHost) }
    }

    @Test func `a request without a Host, or with two, is refused`() {
        for hosts in [[], ["localhost", "localhost"]] {
            let head = RequestGuard.Head(changesState: false, hosts: hosts, origins: [], fetchSite: nil)
            #expect(RequestGuard(port: 4710).problem(with: head)?.code == .wrongHost)
        }
    }

    @Test(arguments: [
        "http://evil.example", "null", "https://localhost", "http://localhost:1", "http://localhost.evil",
    ])
    func `a page from elsewhere changes nothing`(_ origin: String) async throws {
        let bed = Bed()
        try await bed.run { api in
            let refused = try await api.post("/jobs", #"{"kind":"k"}"#, headers: ["Origin": origin])
            #expect(refused.status == 403)
            #expect(refused.code == "wrong_origin")
            #expect(try await bed.store.jobs(JobFilter(), page: PageRequest()).items.isEmpty)
        }
    }

    @Test(arguments: [
        (4710, "http://127.0.0.1:4710", true), (4710, "http://localhost:4710", true), (4710, "http://127.0.0.1", false),
        (4710, "http://localhost:80", false), (80, "http://127.0.0.1", true), (80, "http://127.0.0.1:80", false),
    ])
    func `an origin is ours with our port only, which a browser leaves out when it is 80`(
        _ port: Int, _ origin: String, _ isOurs: Bool
    ) {
        let head = RequestGuard.Head(
            changesState: true, hosts: ["127.0.0.1:\(port)"], origins: [origin], fetchSite: nil)
        #expect((RequestGuard(port: port).problem(with: head) == nil) == isOurs)
    }

    @Test(arguments: ["cross-site", "same-site"])
    func `a browser that says the request comes from elsewhere changes nothing`(_ site: String) async throws {
        try await Bed().run { api in
            let refused = try await api.post("/queues/q/pause", headers: ["Sec-Fetch-Site": site])
            #expect(refused.code == "wrong_origin")
        }
    }

    @Test func `our own origin may change things`() async throws {
        try await Bed().run { api in
            let headers = ["Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"]
            let answer = try await api.post("/jobs", #"{"kind":"k"}"#, headers: headers)
            #expect(answer.status == 201)
        }
    }

    @Test func `every answer is guarded by headers and none has CORS headers`() async throws {
        try await Bed().run { api in
            for (method, path) in [
                ("GET", "/health"), ("GET", "/nothing"), ("POST", "/health"), ("HEAD", "/jobs"), ("OPTIONS", "/jobs"),
            ] {
                let answer = try await api.call(method, path, headers: ["Origin": "http://evil.example"])
                let names = answer.headers.map { $0.name.canonicalName }
                #expect(names.contains("x-content-type-options"))
                #expect(names.contains("content-security-policy"))
                #expect(names.contains("x-frame-options"))
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(!names.contains { $0.hasPrefix("access-control-") })
                #expect(answer.headers[.contentType] == "application/json")
            }
        }
    }

    @Test func `no GET changes what is stored`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let id = try await api.post("/jobs", #"{"kind":"k"}"#).id
            let before = try await bed.store.job(JobID(id)!)
            for route in Route.all where route.method == .get && !route.path.hasSuffix("wait") {
                let path = route.path.replacing("{id}", with: id).replacing("{name}", with: "default")
                    .replacing("{sort}", with: "command")
                _ = try await api.get(path)
            }
            #expect(try await bed.store.job(JobID(id)!) == before)
            #expect(try await bed.store.jobs(JobFilter(), page: PageRequest()).items.count == 1)
        }
    }

    @Test(arguments: [
        "/jobs/..%2f..%2fetc%2fpasswd", "/jobs/%252e%252e", "/jobs/%00", "/queues/..", "/queues/%2e%2e%2f",
        "/jobs//wait",
        "/definitions/command/..%2f..%2fetc", "/jobs/%ff", "/jobs/%", "/jobs/../health", "/./health", "//health",
    ])
    func `paths that climb lead nowhere`(_ path: String) async throws {
        try await Bed().run { api in
            let answer = try await api.get("/api/v1" + path)
            #expect([400, 404].contains(answer.status))
        }
    }
}
