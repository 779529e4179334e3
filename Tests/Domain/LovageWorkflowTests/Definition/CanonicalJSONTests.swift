import LovageCore
import Testing

@testable import LovageWorkflow

@Suite struct CanonicalJSONTests {
    @Test(arguments: 0..<20)
    func `what is written is read back the same`(batch: UInt64) throws {
        for seed in batch * 25..<batch * 25 + 25 {
            var random = SplitMix64(seed: seed)
            let definition: Definition =
                Bool.random(using: &random) ? .command(Self.command(&random)) : .workflow(Self.workflow(&random))
            let text = definition.canonicalJSON
            #expect(try Definition(canonicalJSON: text) == definition, "seed \(seed): \(text)")
            #expect(try JSONText(validating: text.bytes) == text, "seed \(seed)")
        }
    }

    @Test func `the text is short and stable`() throws {
        let command = CommandDefinition(
            kind: "a", run: ["x"], environment: ["B": "2", "A": "1"], retryCodes: [75, 3],
            options: JobOptions(hardLimit: .seconds(90), retry: RetryPolicy(retries: 2, rules: ["exit 3": .never])))
        #expect(
            Definition.command(command).canonicalJSON.string
                == #"{"command":"a","run":["x"],"environment":{"A":"1","B":"2"},"exit_codes":{"retry":[3,75]},"#
                + #""timeout":"1m30s","retries":2,"errors":{"exit 3":"never"}}"#)
        #expect(
            Definition.workflow(WorkflowDefinition(name: "w", steps: [step("a")])).canonicalJSON.string
                == #"{"workflow":"w","steps":{"a":{"run":"k"}}}"#)
    }

    @Test func `an unknown field is refused by name`() {
        let error = #expect(throws: InvalidDefinition.self) {
            try Definition(canonicalJSON: json(#"{"command":"a","run":["x"],"retires":3,"steps":{}}"#))
        }
        #expect(error?.faults.map(\.field) == ["retires", "steps"])
        #expect(
            error?.faults.first?.description == "retires: a command has no field 'retires'; did you mean 'retries'?")
    }

    @Test(arguments: ["[]", "{}", #"{"command":1,"run":[]}"#, #"{"workflow":"w"}"#, #"{"comand":"x"}"#, "null"])
    func `what is no definition is refused`(text: String) {
        #expect(throws: InvalidDefinition.self) { try Definition(canonicalJSON: json(text)) }
    }

    @Test(
        arguments: [
            ("10s", 10_000_000), ("5m", 300_000_000), ("1h30m", 5_400_000_000), ("2d", 172_800_000_000),
            ("250ms", 250_000),
            ("1s500ms", 1_500_000), ("7us", 7), ("0s", 0),
        ] as [(String, Int64)])
    func `durations are read and written`(text: String, microseconds: Int64) {
        #expect(DurationText.parse(text) == .microseconds(microseconds))
        #expect(DurationText.format(.microseconds(microseconds)) == text)
    }

    @Test(arguments: [
        "", "10", "s", "-1s", "1.5s", "1m1h", "1s1s", "10 s", "1w", "99999999999d", "9223372036854775808us", "１s",
    ])
    func `what is no duration is not guessed at`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func `sizes are read and written`() {
        #expect(["10MiB", "512", "4KB", "1GiB", "0"].map(SizeText.parse) == [10 << 20, 512, 4000, 1 << 30, 0])
        #expect(["", "MiB", "1.5MiB", "-1", "9999999999GiB", "1 KB"].allSatisfy { SizeText.parse($0) == nil })
        #expect([10 << 20, 512, 4000, 1 << 30, 0].map(SizeText.format) == ["10MiB", "512", "4000", "1GiB", "0"])
    }

    private static func text(_ random: inout SplitMix64) -> String {
        ["x", "", "ü \"q\"", "${params.p}", "a\nb\u{0}", "3", "true"].randomElement(using: &random) ?? "x"
    }

    private static func maybe<Value>(_ random: inout SplitMix64, _ value: @autoclosure () -> Value) -> Value? {
        Bool.random(using: &random) ? value() : nil
    }

    private static func value(_ random: inout SplitMix64, depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 3 ? 7 : 5), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .number(JSONNumber(Int.random(in: -9...9, using: &random)))
        case 3: .string(text(&random))
        case 4: 2.5
        case 5: .array((0..<2).map { _ in value(&random, depth: depth + 1) })
        default:
            .object([
                JSONMember("a", value(&random, depth: depth + 1)), JSONMember("", value(&random, depth: depth + 1)),
            ])
        }
    }

    private static func duration(_ random: inout SplitMix64) -> Duration {
        .microseconds(
            Int64.random(
                in: 0...[10, 10_000_000, 1_000_000_000_000][Int.random(in: 0..<3, using: &random)], using: &random))
    }

    private static func backoff(_ random: inout SplitMix64) -> Backoff {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .fixed(duration(&random))
        case 1: .list([duration(&random), duration(&random)])
        default: .exponential(base: duration(&random), cap: duration(&random), jitter: Bool.random(using: &random))
        }
    }

    private static func parameters(_ random: inout SplitMix64) -> [Parameter] {
        (0..<Int.random(in: 0...3, using: &random)).map { number in
            Parameter(
                name: "p\(number)", type: Parameter.ValueType.allCases.randomElement(using: &random) ?? .any,
                description: maybe(&random, "d"), isRequired: Bool.random(using: &random),
                defaultValue: Bool.random(using: &random) ? value(&random) : nil,
                choices: Bool.random(using: &random) ? [value(&random)] : [],
                minimum: maybe(&random, JSONNumber(lexeme: "-1.50") ?? 0),
                maximum: maybe(&random, 3))
        }
    }

    private static func command(_ random: inout SplitMix64) -> CommandDefinition {
        var options = JobOptions(
            queue: Bool.random(using: &random) ? "default" : "q", priority: Int8.random(in: -128...127, using: &random),
            start: Bool.random(using: &random) ? .immediately : .after(duration(&random)),
            retry: RetryPolicy(retries: Int.random(in: 0...3, using: &random)))
        if Bool.random(using: &random) { options.retry.backoff = backoff(&random) }
        if Bool.random(using: &random) {
            options.retry.rules = ["exit 3": .never, "x": .retry(retries: 1, backoff: backoff(&random))]
        }
        if Bool.random(using: &random) { options.softLimit = duration(&random) }
        if Bool.random(using: &random) { options.hardLimit = duration(&random) }
        if Bool.random(using: &random) { options.deadline = duration(&random) }
        if Bool.random(using: &random) { options.startWithin = duration(&random) }
        options.unique = [nil, .allArguments, .members(["a", "b"])].randomElement(using: &random) ?? nil
        options.crashLimit = Int.random(in: 1...4, using: &random)
        return CommandDefinition(
            kind: "k.a", description: maybe(&random, "d"), run: [text(&random), text(&random)],
            parameters: parameters(&random),
            stdin: maybe(&random, "in"), directory: maybe(&random, "/d"),
            environment: Bool.random(using: &random) ? ["B": text(&random), "A": "1"] : [:],
            inherit: Bool.random(using: &random) ? [] : CommandDefinition.standardInherit,
            retryCodes: Bool.random(using: &random) ? [75, 3] : [], skipCodes: Bool.random(using: &random) ? [4] : [],
            outputCap: Int.random(in: 0...100_000, using: &random),
            streams: Bool.random(using: &random) ? .merged : .separate, grace: duration(&random), options: options,
            files: Bool.random(using: &random) ? ["b/c.sh": "00ff", "a": "11"] : [:])
    }

    private static func workflow(_ random: inout SplitMix64) -> WorkflowDefinition {
        let steps = (0..<Int.random(in: 0...4, using: &random)).map { number in
            WorkflowDefinition.Step(
                name: "s\(number)", kind: "k", needs: number > 0 && Bool.random(using: &random) ? ["s0"] : [],
                rule: WorkflowDefinition.NeedsRule.allCases.randomElement(using: &random) ?? .allSucceeded,
                when: maybe(&random, "1 < 2"), foreach: maybe(&random, "${params.x}"),
                arguments: .object(Bool.random(using: &random) ? [] : [JSONMember("a", value(&random))]),
                overrides: .init(
                    queue: maybe(&random, "q"), priority: maybe(&random, -3), retries: maybe(&random, 2),
                    backoff: Bool.random(using: &random) ? backoff(&random) : nil,
                    softLimit: Bool.random(using: &random) ? duration(&random) : nil,
                    hardLimit: maybe(&random, .seconds(9)), delay: maybe(&random, .zero),
                    unique: [nil, .never, .by(.allArguments), .by(.members(["a"]))].randomElement(using: &random)
                        ?? nil))
        }
        return WorkflowDefinition(
            name: "w", description: maybe(&random, "d"), parameters: parameters(&random), steps: steps,
            outputs: Bool.random(using: &random) ? [JSONMember("o", value(&random))] : [])
    }
}
