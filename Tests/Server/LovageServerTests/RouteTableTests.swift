import LovageAPI
import LovageCore
import Testing

@testable import LovageServer

@Suite struct RouteTableTests {
    @Test func `every route is served, and nothing else`() {
        #expect(Operations.served == Set(Route.all.map(\.name)))
        #expect(Set(Route.all.map(\.name)).count == Route.all.count)
    }

    @Test func `every path leads to its own route`() {
        let matcher = RouteMatcher(Route.all)
        for route in Route.all {
            guard case .found(let found, let values) = matcher.match(route.method.rawValue, Route.base + route.path)
            else {
                Issue.record("\(route.method) \(route.path) leads nowhere")
                continue
            }
            #expect(found.name == route.name)
            #expect(Set(values.keys) == Set(route.placeholders))
        }
    }

    @Test func `a name keeps its slashes when they are encoded`() {
        guard case .found(let route, let values) = RouteMatcher(Route.all).match("GET", "/api/v1/queues/a%2Fb%3Ac")
        else {
            Issue.record("no route")
            return
        }
        #expect(route.name == "getQueue")
        #expect(values == ["name": "a/b:c"])
    }

    @Test(arguments: [("GET", "/jobs/bulk", ["POST"]), ("PATCH", "/health/live", ["GET"])])
    func `a fixed word is no id, and says which methods it has`(_ method: String, _ path: String, _ allowed: [String]) {
        guard case .wrongMethod(let methods) = RouteMatcher(Route.all).match(method, Route.base + path) else {
            Issue.record("\(method) \(path) leads somewhere")
            return
        }
        #expect(methods == allowed)
    }

    @Test func `the document says which names, numbers and events there are`() {
        let document = OpenAPI.document(version: "test").value()
        let schemas = document["components"]?["schemas"]
        let kind = schemas?["Submission"]?["properties"]?["kind"] ?? schemas?["SubmitRequest"]?["properties"]?["kind"]
        #expect(kind?["maxLength"] == 200)
        #expect(kind?["pattern"]?.stringValue?.hasPrefix("^[A-Za-z0-9_]") == true)
        let keep = schemas?["QueueChange"]?["properties"]?["keepFinishedForSeconds"]?["anyOf"]?[0]
        #expect(keep?["minimum"] == 0)
        #expect(keep?["maximum"] == 3_155_760_000)
        let events = document["paths"]?["/jobs/{id}/logs"]?["get"]?["responses"]?["200"]?["content"]?[
            "text/event-stream"]
        let data = events?["itemSchema"]?["properties"]?["data"]?["contentSchema"]?["anyOf"]
        #expect(data?[0]?["$ref"] == "#/components/schemas/LogPiece")
    }

    @Test func `the document names only schemas that it holds`() {
        let document = OpenAPI.document(version: "test").value()
        let held = Set((document["components"]?["schemas"]?.objectValue ?? []).map { "#/components/schemas/\($0.key)" })
        var used = Set<String>()
        func collect(_ value: JSONValue) {
            if let reference = value["$ref"]?.stringValue { used.insert(reference) }
            for member in value.objectValue ?? [] { collect(member.value) }
            for element in value.arrayValue ?? [] { collect(element) }
        }
        collect(document)
        #expect(used.subtracting(held).isEmpty)
        #expect(held.subtracting(used).isEmpty)
        #expect(document["openapi"] == "3.1.0")
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00.000Z", 1_767_225_600_000_000),
            ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999), ("2026-01-01T01:30:00+01:30", 1_767_225_600_000_000),
            ("1969-12-31T23:59:59Z", -1_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ] as [(String, Int64)])
    func `moments are read as RFC 3339 says`(_ text: String, _ microseconds: Int64) {
        #expect(RFC3339.microseconds(text) == microseconds)
    }

    @Test func `moments are shown as they are read`() {
        for day in stride(from: Int64(-719_528), through: 2_932_896, by: 997) {
            let microseconds = day * 86_400_000_000 + 12_345_678_000
            #expect(RFC3339.microseconds(RFC3339.text(microseconds)) == microseconds)
        }
        #expect(RFC3339.text(.max) == "9999-12-31T23:59:59.999Z")
        #expect(RFC3339.text(.min) == "0000-01-01T00:00:00.000Z")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_767_225_600_123_450, "2026-01-01T00:00:00.123450Z"), (.max, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `a moment that is sent keeps its microseconds`(_ microseconds: Int64, _ text: String) {
        #expect(RFC3339.exactText(microseconds) == text)
    }

    @Test(arguments: [
        "", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z", "x", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01",
    ])
    func `what is no moment is not read as one`(_ text: String) {
        #expect(RFC3339.microseconds(text) == nil)
    }
}
