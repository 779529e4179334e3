import LovageCore
import LovageWorker
import Testing

@testable import LovageCommands

/// The limits of an attempt that may run for ever.
let noLimits = limits()

/// The limits of an attempt that begins at its submission.
func limits(soft: Duration? = nil, hard: Duration? = nil, deadline: Duration? = nil) -> AttemptLimits {
    let start = Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0))
    let job = Job(
        id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)), kind: "work",
        arguments: .emptyObject, options: JobOptions(deadline: deadline, softLimit: soft, hardLimit: hard),
        submitted: start)
    return AttemptLimits(of: job, beginning: start.store)
}

/// What the end of a command means.
@Suite struct ExitCodeRuleTests {
    private let rule = ExitCodeRule(retry: [75], skip: [3])
    private let result = JSONValue.string("r").text()

    private func verdict(
        _ exit: CommandEnd.Exit, _ cause: CommandEnd.Cause = .itself, words: String? = nil
    ) -> CommandVerdict {
        rule.verdict(
            for: CommandEnd(exit: exit, cause: cause), limits: limits(soft: .seconds(1), hard: .seconds(30)),
            lastWords: words
        ) { result }
    }

    private func failed(_ kind: String, _ message: String, isRetryable: Bool = true) -> CommandVerdict {
        .failed(Failure(kind: kind, message: message, isRetryable: isRetryable))
    }

    @Test func `exit codes mean what the rule says`() {
        #expect(verdict(.code(0)) == .succeeded(result: result))
        #expect(verdict(.code(75)) == failed("exit 75", "exit code 75 asks for another attempt"))
        #expect(verdict(.code(3)) == .skipped)
        #expect(verdict(.code(1)) == failed("exit 1", "exit code 1"))
        #expect(verdict(.signal(11)) == failed("signal 11", "signal 11 (SEGV)"))
        #expect(verdict(.notStarted(code: 127, reason: "r")) == failed("not started", "r", isRetryable: false))
        #expect(
            verdict(.unknown, .supervisorLost)
                == failed("unknown", "its supervisor was killed, how it ended is not known"))
    }

    @Test func `a failure quotes what the command said last, and else what its code usually means`() {
        #expect(verdict(.code(4), words: "no such thing") == failed("exit 4", "exit code 4: no such thing"))
        #expect(verdict(.signal(6), words: "assertion") == failed("signal 6", "signal 6 (ABRT): assertion"))
        #expect(verdict(.code(127), words: "sh: 1: foo: not found").message == "exit code 127: sh: 1: foo: not found")
        #expect(verdict(.code(127)).message == "exit code 127: something the command called was not found")
        #expect(
            verdict(.signal(9), .hardLimit, words: "page 7").message?.hasSuffix("hard limit of 30.0 seconds: page 7")
                == true)
        #expect(verdict(.notStarted(code: 127, reason: "r"), words: "w").message == "r")
    }

    /// Every end by every cause: who was asked and ends by itself is judged by its code, who was made to end is not.
    @Test func `between its limits a command is judged by what it says, after them by the limit`() {
        let exits: [CommandEnd.Exit] = [
            .code(0), .code(3), .code(75), .code(1), .code(143), .signal(15), .signal(9), .signal(11),
        ]
        for exit in exits {
            let own = verdict(exit)
            let asked = verdict(exit, .softLimit)
            switch exit {
            case .code(0), .code(3): #expect(asked == own, "\(exit)")
            case .code(143), .signal(15):
                #expect(asked == .timedOut(limits(soft: .seconds(1)).softFailure), "\(exit)")
            case .code, .signal, .notStarted, .unknown:
                #expect(
                    asked
                        == .failed(
                            own.failure.map { Failure(kind: $0.kind, message: $0.message + " after its soft limit") }
                                ?? Failure(kind: "", message: "")), "\(exit)")
            }
            #expect(verdict(exit, .hardLimit) == .timedOut(limits(hard: .seconds(30)).hardFailure), "\(exit)")
            #expect(verdict(exit, .requested) == .ended, "\(exit)")
            #expect(verdict(exit, .parentGone) == .ended, "\(exit)")
        }
    }

    @Test func `a code that the rule names keeps its meaning after the soft limit`() {
        let end = CommandEnd(exit: .code(143), cause: .softLimit)
        let verdict = ExitCodeRule(skip: [143]).verdict(for: end, limits: noLimits) { nil }
        #expect(verdict == .skipped)
    }

    @Test func `a result that cannot be taken is named as the result's fault`() {
        struct Bad: Error, CustomStringConvertible { let description = "half of it" }
        let verdict = rule.verdict(for: CommandEnd(exit: .code(0)), limits: noLimits) { throw Bad() }
        #expect(verdict == failed("result", "half of it"))
    }
}

extension CommandVerdict {
    fileprivate var failure: Failure? {
        switch self {
        case .failed(let failure), .timedOut(let failure): failure
        case .succeeded, .skipped, .ended: nil
        }
    }
    fileprivate var message: String? { failure?.message }
}
