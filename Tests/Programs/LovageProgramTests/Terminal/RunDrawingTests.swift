import Testing

@testable import lovage

@Suite struct `A run of a workflow` {
    @Test func `is drawn one line a step, with bars, times and a total`() throws {
        try expectGolden(
            RunDrawing.lines(Self.middle, width: 100, palette: .plain).joined(separator: "\n") + "\n", "run-live.txt")
        let narrow = RunDrawing.lines(Self.middle, width: 80, palette: .plain)
        #expect(narrow.allSatisfy { DisplayWidth.of($0) <= 80 })
    }

    @Test func `is drawn in colour where colour is wanted`() throws {
        let lines = RunDrawing.lines(Self.end, width: 100, palette: Palette(isColored: true))
        try expectGolden(lines.joined(separator: "\n") + "\n", "run-end-colour.txt")
    }

    @Test func `is told in lines that are only appended off a terminal`() throws {
        var log = RunLog()
        var lines = log.lines(Self.begin)
        lines += log.lines(Self.middle)
        #expect(log.lines(Self.middle) == [])
        lines += log.lines(Self.end)
        try expectGolden(lines.joined(separator: "\n") + "\n", "run-log.txt")
    }

    private static let begin = run(
        "running", .seconds(0),
        [
            step("inventory", "running", members: 1, running: 1, spent: .milliseconds(3)), step("archive", "waiting"),
            step("compare", "waiting"), step("cleanup", "waiting"),
        ])
    private static let middle = run(
        "running", .milliseconds(12_400),
        [
            step("inventory", "succeeded", members: 1, done: 1, spent: .milliseconds(410)),
            step("archive", "running", members: 12, done: 5, running: 2, attempts: 8, spent: .milliseconds(11_900)),
            step("compare", "waiting"), step("cleanup", "waiting"),
        ])
    private static let end = run(
        "failed", .milliseconds(20_000),
        [
            step("inventory", "succeeded", members: 1, done: 1, spent: .milliseconds(410)),
            step("archive", "failed", members: 12, done: 12, failed: 1, attempts: 14, spent: .milliseconds(18_100)),
            step("compare", "unreachable", reason: "step archive did not end as needed\u{1B}[2J"),
            step("cleanup", "succeeded", members: 1, done: 1, spent: .milliseconds(80)),
        ])

    private static func run(_ state: String, _ spent: Duration, _ steps: [RunPicture.Step]) -> RunPicture {
        RunPicture(
            id: "01930a3e-0000-7000-8000-000000000000", name: "nightly-backup", version: 3, state: state, steps: steps,
            spent: spent, reason: nil)
    }

    private static func step(
        _ name: String, _ state: String, members: Int = 0, done: Int = 0, failed: Int = 0, running: Int = 0,
        attempts: Int? = nil, spent: Duration? = nil, reason: String? = nil
    ) -> RunPicture.Step {
        RunPicture.Step(
            name: name, state: state, members: members, done: done, failed: failed, running: running,
            attempts: attempts, spent: spent, reason: reason)
    }
}
