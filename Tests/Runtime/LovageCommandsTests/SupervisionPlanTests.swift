import Testing

@testable import LovageCommands

/// When the tree is asked to end and when it is killed, on paper.
@Suite struct SupervisionPlanTests {
    @Test func `without limits nothing is ever due`() {
        let plan = SupervisionPlan(softLimit: nil, hardLimit: nil, grace: 100)
        #expect(plan.nextMoment == nil)
    }

    @Test func `a hard limit asks, and kills after the grace`() {
        var plan = SupervisionPlan(softLimit: nil, hardLimit: 50, grace: 100)
        #expect(plan.handle(.clock, at: 49) == nil)
        #expect(plan.handle(.clock, at: 50) == .terminateTree)
        #expect(plan.handle(.clock, at: 149) == nil)
        #expect(plan.handle(.clock, at: 150) == .killTree)
        #expect(plan.cause == .hardLimit)
    }

    @Test func `a soft limit alone kills after the grace`() {
        var plan = SupervisionPlan(softLimit: 50, hardLimit: nil, grace: 100)
        #expect(plan.handle(.clock, at: 50) == .terminateTree)
        #expect(plan.handle(.clock, at: 150) == .killTree)
        #expect(plan.cause == .softLimit)
    }

    @Test func `after a soft limit the hard limit kills at once`() {
        var plan = SupervisionPlan(softLimit: 50, hardLimit: 80, grace: 1000)
        #expect(plan.handle(.clock, at: 50) == .terminateTree)
        #expect(plan.nextMoment == 80)
        #expect(plan.handle(.clock, at: 80) == .killTree)
        #expect(plan.cause == .hardLimit)
    }

    @Test func `killing goes on, ever more seldom, until nothing is left`() {
        var plan = SupervisionPlan(softLimit: nil, hardLimit: 0, grace: 0)
        #expect(plan.handle(.clock, at: 0) == .terminateTree)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<10 {
            #expect(plan.handle(.clock, at: now) == .killTree)
            guard let next = plan.nextMoment else { break }
            pauses.append(next - now)
            now = next
        }
        #expect(pauses == [10, 20, 40, 80, 160, 320, 500, 500, 500, 500])
        #expect(plan.handle(.treeEmpty, at: now) == nil)
        #expect(plan.phase == .finished)
        #expect(plan.nextMoment == nil)
    }

    @Test func `a worker's death shortens any grace`() {
        var plan = SupervisionPlan(softLimit: nil, hardLimit: nil, grace: 60_000)
        #expect(plan.handle(.requested, at: 0) == .terminateTree)
        #expect(plan.handle(.parentGone, at: 10) == nil)
        #expect(plan.nextMoment == 10 + SupervisionPlan.orphanGrace)
        #expect(plan.cause == .requested)
    }

    @Test func `what a command leaves behind is ended soon`() {
        var plan = SupervisionPlan(softLimit: nil, hardLimit: nil, grace: 60_000)
        #expect(plan.handle(.mainExited, at: 5) == .terminateTree)
        #expect(plan.nextMoment == 5 + SupervisionPlan.leftoverGrace)
        #expect(plan.cause == .itself)
    }

    @Test func `an empty tree ends it from every phase`() {
        for events: [SupervisionPlan.Event] in [[], [.requested], [.mainExited], [.parentGone], [.clock]] {
            var plan = SupervisionPlan(softLimit: 0, hardLimit: nil, grace: 0)
            for event in events { _ = plan.handle(event, at: 1) }
            #expect(plan.handle(.treeEmpty, at: 2) == nil)
            #expect(plan.phase == .finished)
            #expect(plan.handle(.requested, at: 3) == nil)
        }
    }
}

/// What goes over the pipes comes back as it was.
@Suite struct SupervisorCodingTests {
    @Test func `an order survives its encoding`() throws {
        let invocation = CommandInvocation(
            executable: "/bin/x", arguments: ["", "a\nb", "ü"], environment: ["B": "2", "A": "1=1"],
            workingDirectory: "/w", standardInput: [0, 255], softLimit: .seconds(1), hardLimit: nil,
            grace: .milliseconds(1500), outputLimit: 7)
        let order = SupervisorOrder(invocation, lockPath: "/l")
        #expect(try SupervisorOrder(decoding: Array(order.encoded().dropFirst(8))) == order)
        #expect(order.environment == ["A=1=1", "B=2"])
        #expect(order.softLimitMilliseconds == 1000)
        #expect(order.hardLimitMilliseconds == -1)
    }

    @Test func `an order that is cut off anywhere is no order`() {
        let order = SupervisorOrder(CommandInvocation(executable: "/bin/x", arguments: ["a"]), lockPath: "/l")
        let bytes = Array(order.encoded().dropFirst(8))
        for count in 0..<bytes.count {
            #expect(throws: FieldReader.Truncated.self) { try SupervisorOrder(decoding: Array(bytes[..<count])) }
        }
    }

    @Test(
        arguments: [
            .code(255), .signal(9), .notStarted(code: 127, reason: "no ü"), .unknown,
        ] as [CommandEnd.Exit])
    func `an end survives its encoding in pieces of any size`(_ exit: CommandEnd.Exit) throws {
        let end = SupervisorFrame.ended(
            CommandEnd(
                exit: exit, cause: .hardLimit, leftBehind: 3,
                standardOutput: OutputTotals(written: 1 << 40, leftOut: 5),
                standardError: OutputTotals(written: 2)))
        let chunk = SupervisorFrame.output(OutputChunk(stream: .standardError, bytes: Array(repeating: 3, count: 300)))
        let bytes = chunk.encoded() + end.encoded()
        for size in [1, 2, 7, bytes.count] {
            var parser = SupervisorFrameParser()
            var frames: [SupervisorFrame] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                frames += try parser.feed(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(frames == [chunk, end])
        }
    }
}
