import LovageCore
import Testing

@Suite struct `The check of the ledger` {
    private let good = Ledger(
        text: """
            start a 1 1
            finish a 1 1
            start b 1 1
            start b 2 3
            finish b 2 3
            fini
            """)
    private let jobs = [
        "a": RecordedJob(isFinished: true, succeeded: true, attempts: [.init(number: 1, fence: 1, end: .succeeded)]),
        "b": RecordedJob(
            isFinished: true, succeeded: true,
            attempts: [.init(number: 1, fence: 1, end: .lost), .init(number: 2, fence: 3, end: .succeeded)]),
    ]

    private func check(
        _ ledger: Ledger? = nil, acknowledged: Set<String> = ["a", "b"], jobs: [String: RecordedJob]? = nil
    ) -> Set<LedgerCheck.Violation> {
        LedgerCheck.violations(ledger ?? good, acknowledged: acknowledged, jobs: jobs ?? self.jobs)
    }

    @Test func `finds nothing where a lost attempt was followed by another`() { #expect(check() == []) }

    @Test func `finds a planted loss`() {
        #expect(check(acknowledged: ["a", "b", "c"]) == [.lost("c")])
        var unfinished = jobs
        unfinished["a"] = RecordedJob(isFinished: false, succeeded: false, attempts: jobs["a"]?.attempts ?? [])
        #expect(check(jobs: unfinished) == [.lost("a")])
        let silent = Ledger(good.lines.filter { $0.job == "b" })
        #expect(check(silent) == [.succeededWithoutRunning("a")])
    }

    @Test func `finds a planted duplicate of an attempt`() {
        let line = Ledger.Line(isStart: true, job: "a", attempt: 1, fence: 1)
        #expect(check(Ledger(good.lines + [line])).contains(.ranTwice("a", attempt: 1)))
    }

    @Test func `finds an attempt after one that was the last, and one nobody claimed`() {
        let found = check(Ledger(good.lines + [.init(isStart: true, job: "a", attempt: 2, fence: 2)]))
        #expect(found == [.withoutReason("a", attempt: 2), .unknownAttempt("a", attempt: 2)])
    }

    @Test func `finds a script that outlived its attempt, and a fence that did not grow`() {
        let overlap = Ledger(good.lines + [.init(isStart: false, job: "b", attempt: 1, fence: 1)])
        #expect(check(overlap) == [.overlap("b", attempt: 1)])
        let fence = Ledger(
            good.lines.map { $0.fence == 3 ? .init(isStart: $0.isStart, job: "b", attempt: 2, fence: 1) : $0 })
        #expect(check(fence).contains(.fenceDidNotGrow("b", attempt: 2)))
    }

    @Test func `finds a job that two attempts completed`() {
        var twice = jobs
        twice["b"] = RecordedJob(
            isFinished: true, succeeded: true,
            attempts: [.init(number: 1, fence: 1, end: .succeeded), .init(number: 2, fence: 3, end: .succeeded)])
        #expect(check(jobs: twice).contains(.completedTwice("b")))
    }
}
