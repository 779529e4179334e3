import Foundation
import LovageAPI
import LovageCore
import Testing

@testable import lovage

/// Every table there is, on terminals of three widths.
@Suite struct `Tables on a terminal` {
    static let widths = [60, 80, 200]

    @Test(arguments: widths)
    func `fit by dropping columns and shortening, and never wrap`(width: Int) throws {
        let tables: [(String, [String])] = [
            ("list", JobColumn.table(try Samples.jobs, JobColumn.standard, Samples.moments).drawn(width)),
            (
                "list of all columns",
                JobColumn.table(try Samples.jobs, JobColumn.allCases, Samples.moments).drawn(width)
            ),
            ("workflow list", RunList.table(try Samples.run.map(\.run), Samples.moments).drawn(width)),
            // Below the table stand sentences with whole ids, to be copied.
            ("workflow show", Array(RunTable.lines(try Samples.run[0], width: width, palette: .plain).prefix(7))),
            ("queue list", QueueTable.lines(try Samples.queues, width: width, palette: .plain)),
            (
                "worker list",
                WorkerTable.lines(try Samples.workers, width: width, palette: .plain, moments: Samples.moments)
            ),
            (
                "workflow run --watch",
                RunDrawing.lines(RunPicture(try Samples.run[0]), width: width, height: 20, palette: .plain)
            ),
        ]
        for (name, lines) in tables {
            for line in lines { #expect(DisplayWidth.of(line) <= width, "\(name): \(line)") }
        }
        let text = tables.map { name, lines in "== \(name)\n" + lines.map { $0 + "\n" }.joined() }.joined()
        try expectGolden(text, "tables-\(width).txt")
    }

    @Test func `say which of the columns that were asked for have no room`() throws {
        let table = JobColumn.table(try Samples.jobs, [.id, .kind, .submitted, .finished], Samples.moments)
        #expect(table.missing(width: 200) == [])
        #expect(table.missing(width: 60) == ["finished"])
        #expect(table.missing(width: nil) == [])
    }

    @Test func `keep something of every row on a terminal that is far too narrow`() throws {
        for width in [1, 2, 5, 9, 20] {
            let lines = JobColumn.table(try Samples.jobs, JobColumn.standard, Samples.moments).drawn(width)
            #expect(lines.allSatisfy { !$0.isEmpty && DisplayWidth.of($0) <= width }, "\(width): \(lines)")
        }
    }
}

@Suite struct `A live picture` {
    @Test func `leaves out steps that a low terminal has no room for, those that run last`() throws {
        let steps = (0..<40).map { index in
            RunPicture.Step(
                name: "step-\(index)", state: index < 20 ? "succeeded" : index == 30 ? "running" : "waiting",
                members: 1, done: index < 20 ? 1 : 0, failed: 0, running: 0, attempts: nil, spent: nil, reason: nil)
        }
        let run = RunPicture(
            id: Samples.id(1), name: "long", version: 1, state: "running", steps: steps, spent: .zero, reason: nil)
        let lines = RunDrawing.lines(run, width: 60, height: 10, palette: .plain)
        #expect(lines.count == 9)
        #expect(lines[0].hasPrefix("long v1"))
        #expect(lines.contains { $0.contains("step-30") })
        #expect(lines.contains("  … 34 more steps"))
        #expect(lines[8].contains("20 of 40 steps"))
    }

    @Test func `goes back over lines that a narrower window has wrapped`() {
        var view = LiveView()
        _ = view.drawing([String(repeating: "a", count: 50), "\u{1B}[32m✓\u{1B}[0m b"], width: 60, height: 24)
        #expect(view.drawing(["c"], width: 40, height: 24) == "\u{1B}[3A\r\u{1B}[Kc\n\u{1B}[J")
    }
}

@Suite struct `A moment` {
    private let moment = StoreTime(microseconds: 1_896_076_800_000_000)

    @Test func `is local with its offset on a terminal, and UTC as RFC 3339 has it off one`() {
        #expect(Moments(zone: TimeZone(identifier: "Europe/Berlin")).text(moment) == "2030-01-31 09:00:00 +01:00")
        #expect(Moments(zone: TimeZone(identifier: "Asia/Kolkata")).text(moment) == "2030-01-31 13:30:00 +05:30")
        #expect(Moments(zone: TimeZone(identifier: "America/Caracas")).text(moment) == "2030-01-31 04:00:00 -04:00")
        #expect(Moments.utc.text(moment) == "2030-01-31T08:00:00.000Z")
    }

    @Test func `is local in sentences of explain too`() {
        let sentence = "it is delayed until 2030-01-31T08:00:00.000Z (in 5 min); it wrote 2030-01-31T08:00:00Z"
        #expect(
            Moments(zone: TimeZone(identifier: "Asia/Kolkata")).text(of: sentence)
                == "it is delayed until 2030-01-31 13:30:00 +05:30 (in 5 min); it wrote 2030-01-31T08:00:00Z")
        #expect(Moments.utc.text(of: sentence) == sentence)
    }
}

extension Table {
    fileprivate func drawn(_ width: Int) -> [String] { lines(width: width, palette: .plain) }
}

/// What a server might answer.
private enum Samples {
    static let moments = Moments(zone: TimeZone(identifier: "Europe/Berlin"))
    static func id(_ number: Int) -> String { "01930a3e-0000-7000-8000-0000000000\(10 + number)" }

    static var jobs: [JobView] {
        get throws {
            [
                try view(job(1, "ops.sleep", "running", #""startedAt":null"#)),
                try view(job(2, "image.thumbnail.of-many-sizes", "finished", #""outcome":"failed","reason":"error""#)),
                try view(job(3, "mail.send-to-all", "suspended", #""reason":"scheduled","dueAt":null"#)),
            ]
        }
    }

    private static func job(_ number: Int, _ kind: String, _ state: String, _ rest: String) -> String {
        """
        {"id":"\(id(number))","kind":"\(kind)","queue":"default","state":"\(state)","arguments":{"n":\(number)},
        "priority":0,"attempts":1,"attemptsAllowed":1,"fence":1,"generation":1,"worker":"\(id(9))",
        "submitted":"2026-11-21T07:19:43Z","finished":"2026-11-21T07:20:43Z","waitSeconds":0.25,"runSeconds":61.5,
        "failure":{"kind":"exit 4","message":"exit code 4: no such thing: /var/lib/nowhere"},
        "workflow":{"id":"\(id(8))","step":"archive","index":3},\(rest)}
        """
    }

    static var run: [WorkflowView] {
        get throws {
            [
                try view(
                    """
                    {"id":"\(id(8))","name":"nightly-backup-of-everything","version":3,"state":"finished","outcome":"failed",
                    "reason":null,"submitted":"2026-11-21T07:19:43Z","seconds":20,"stepsTotal":3,"stepsFinished":3,
                    "parameters":{},"outputs":null,"steps":[
                    \(step("inventory", "succeeded", 1, 0, "null")),
                    \(step("archive-with-a-very-long-name-indeed", "failed", 11, 1, "\"step archive did not end as needed\"")),
                    \(step("cleanup", "succeeded", 1, 0, "null"))]}
                    """)
            ]
        }
    }

    private static func step(
        _ name: String, _ outcome: String, _ succeeded: Int, _ failed: Int, _ reason: String
    ) -> String {
        """
        {"name":"\(name)","kind":"x.y","needs":[],"rule":"all_succeeded","state":"finished","outcome":"\(outcome)",
        "reason":\(reason),"members":\(succeeded + failed),"running":0,"attempts":14,"seconds":18.1,
        "ended":{"succeeded":\(succeeded),"failed":\(failed),"cancelled":0,"skipped":0,"expired":0}}
        """
    }

    static var queues: [QueueView] {
        get throws {
            [
                try view(
                    """
                    {"name":"default","paused":false,"capacity":null,"keepFinishedForSeconds":604800,
                    "keepFinishedCount":null,"ready":1200,"suspended":3,"blocked":0,"running":8,"waiting":1203,
                    "oldestReady":"2026-11-21T07:19:43Z","oldestReadySeconds":245}
                    """),
                try view(
                    """
                    {"name":"mail.of-the-whole-company","paused":true,"capacity":1000,"keepFinishedForSeconds":3600,
                    "keepFinishedCount":100000,"ready":0,"suspended":0,"blocked":0,"running":0,"waiting":0,
                    "oldestReady":null,"oldestReadySeconds":null}
                    """),
            ]
        }
    }

    static var workers: [WorkerView] {
        get throws {
            [
                try view(
                    """
                    {"id":"\(id(9))","name":"host-17.example.org/28285","queues":["default","mail"],
                    "kinds":["ops.sleep","image.thumbnail","say.hello"],"slots":8,"running":3,"local":true,
                    "since":"2026-11-21T07:19:43Z","leaseEnds":"2026-11-21T07:20:13Z"}
                    """)
            ]
        }
    }

    private static func view<View: APIObject>(_ json: String) throws -> View {
        try View(JSONText(validating: json), isStrict: false)
    }
}
