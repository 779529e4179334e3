import LovageAPI
import LovageCore
import Testing

@testable import lovage

@Suite struct `The page of lovage status` {
    @Test func `fits the screen, and says how much more there is`() throws {
        let page = try Self.page(running: 20)
        let lines = StatusDrawing.lines(page, server: "unix:/s", width: 80, height: 24, palette: .plain)
        #expect(lines.count <= 24)
        #expect(lines.contains { $0.hasPrefix("Running (3 of 40)") })
        let small = StatusDrawing.lines(page, server: "unix:/s", width: 80, height: 12, palette: .plain)
        #expect(small.count <= 12)
        let all = StatusDrawing.lines(page, server: "unix:/s", width: nil, height: nil, palette: .plain)
        #expect(all.count { $0.contains("image.resize") } >= 20)
    }

    @Test func `says in its first lines what is wrong`() throws {
        let page = try Self.page(running: 0)
        let lines = StatusDrawing.lines(page, server: "unix:/s", width: 80, height: 24, palette: .plain)
        #expect(lines[0].hasPrefix("unhealthy"))
        #expect(lines[1].contains("no worker is alive"))
    }

    private static func page(running: Int) throws -> StatusPageView {
        let health =
            #"{"ready":true,"version":"1","open":false,"engine":"memory","writable":true,"staleWrites":0,"since":"2030-01-01T00:00:00Z","uptimeSeconds":5,"waiting":3,"running":40,"queues":1,"workers":0,"slots":0}"#
        let job =
            #"{"id":"01930a3e-0000-7000-8000-000000000000","kind":"image.resize","queue":"default","moment":"2030-01-01T00:00:00Z","seconds":3}"#
        let wait =
            #"{"queue":"default","state":"ready","count":3,"job":"01930a3e-0000-7000-8000-000000000000","reason":"it waits"}"#
        let jobs = Array(repeating: job, count: running).joined(separator: ",")
        let text =
            #"{"health":\#(health),"troubles":["no worker is alive: nothing starts"],"queues":[],"workers":[],"running":[\#(jobs)],"waits":[\#(wait)],"failures":[\#(jobs)]}"#
        return try StatusPageView(JSONText(validating: text), isStrict: false)
    }
}
