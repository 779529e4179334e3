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

    @Test func `a soft limit alone asks once and kills nobody`() {
        var plan = SupervisionPlan(softLimit: 50, hardLimit: nil, grace: 100)
        #expect(plan.handle(.clock, at: 50) == .terminateTree)
        #expect(plan.nextMoment == nil)
        #expect(plan.handle(.clock, at: 1_000_000) == nil)
        #expect(plan.cause == .softLimit)
    }

    @Test func `a command that was asked has its grace when it is told to end, but no longer than its hard limit`() {
        for (hard, kill) in [(nil, 160), (120, 120)] as [(Int64?, Int64)] {
            var plan = SupervisionPlan(softLimit: 50, hardLimit: hard, grace: 100)
            #expect(plan.handle(.clock, at: 50) == .terminateTree)
            #expect(plan.handle(.requested, at: 60) == .terminateTree)
            #expect(plan.nextMoment == kill)
            #expect(plan.cause == .requested)
        }
    }

    /// Every pair of limits and a grace, with up to two other events at any moment: what no combination may break.
    @Test func `limits, graces and requests hold together in every order`() {
        let limits: [Int64?] = [nil, 1000, 2500, 4000]
        let events: [SupervisionPlan.Event] = [.requested, .parentGone, .mainExited]
        var plots: [[(at: Int64, event: SupervisionPlan.Event)]] = [[]]
        let moments: [Int64] = [0, 1000, 1500, 2500, 3000, 4500]
        for first in moments {
            for event in events {
                plots.append([(first, event)])
                for second in moments where second >= first {
                    for other in events { plots.append([(first, event), (second, other)]) }
                }
            }
        }
        var count = 0
        for soft in limits {
            for hard in limits {
                for grace in [0, 500, 3000, 60_000] as [Int64] {
                    for plot in plots {
                        check(soft, hard, grace, plot)
                        count += 1
                    }
                }
            }
        }
        #expect(count > 10_000)
    }

    private func check(
        _ soft: Int64?, _ hard: Int64?, _ grace: Int64, _ plot: [(at: Int64, event: SupervisionPlan.Event)]
    ) {
        var plan = SupervisionPlan(softLimit: soft, hardLimit: hard, grace: grace)
        var (asked, killed): (Int64?, Int64?) = (nil, nil)
        func take(_ action: SupervisionPlan.Action?, at now: Int64) {
            if action == .terminateTree { asked = asked ?? now }
            if action == .killTree { killed = killed ?? now }
        }
        for now in stride(from: Int64(0), through: 70_000, by: 500) where killed == nil {
            for entry in plot where entry.at == now { take(plan.handle(entry.event, at: now), at: now) }
            while killed == nil, let due = plan.nextMoment, due <= now { take(plan.handle(.clock, at: now), at: now) }
        }
        let place: Comment = "soft \(soft ?? -1), hard \(hard ?? -1), grace \(grace), \(plot)"
        let others = plot.map(\.at)
        let ends = others + [hard].compactMap { $0 }
        guard let first = ends.min() else {
            #expect(killed == nil && asked == soft, place)
            return
        }
        // Nobody is killed who was not asked before, nor before there is a reason for it, and soft limits are none.
        #expect(asked == min(first, soft ?? first), place)
        #expect((killed ?? -1) >= first, place)
        var latest: [Int64] = plot.enumerated().map { index, entry in
            // What a command that has ended by itself left behind has its second, whatever is told later.
            let left = plot[..<index].contains { $0.event == .mainExited } ? SupervisionPlan.leftoverGrace : 0
            switch entry.event {
            case .requested: return entry.at + max(grace, left)
            case .parentGone: return entry.at + max(min(grace, SupervisionPlan.orphanGrace), left)
            case .mainExited, .treeEmpty, .clock: return entry.at + SupervisionPlan.leftoverGrace
            }
        }
        // Who was asked at the soft limit is made to end at the hard one; otherwise the grace begins there.
        if let hard, let soft, soft < min(hard, others.min() ?? hard) { latest.append(hard) }
        if let hard, others.allSatisfy({ $0 > hard }) { latest.append(hard + grace) }
        #expect((killed ?? .max) <= latest.min() ?? .max, place)
        if plot.isEmpty { #expect(plan.cause == .hardLimit, place) }
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
            grace: .milliseconds(1500), outputLimit: 7, mergesStreams: true)
        let order = SupervisorOrder(invocation, lockPath: "/l")
        #expect(try SupervisorOrder(decoding: Array(order.encoded().dropFirst(8))) == order)
        #expect(order.environment == ["A=1=1", "B=2"])
        #expect(order.softLimitMilliseconds == 1000)
        #expect(order.hardLimitMilliseconds == -1)
        #expect(order.mergesStreams)
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
