import ArgumentParser
import Testing

@testable import lovage

@Suite struct `What is typed wrong` {
    @Test(arguments: [
        (
            ["submit", "k", "--after", "5"],
            "--after '5' has no unit: write it like 5s, 2m or 1h30m (see 'lovage submit --help')"
        ),
        (
            ["wait", "x", "--timeout", "soon"],
            "--timeout 'soon' is no length of time: write it like 5s, 2m or 1h30m (see 'lovage wait --help')"
        ),
        (["up", "--slots", "abc"], "--slots 'abc' is no whole number: write it like 3 (see 'lovage up --help')"),
        (["bench", "--seconds", "x"], "--seconds 'x' is no number: write it like 0.5 (see 'lovage bench --help')"),
        (
            ["up", "--durability", "some"],
            "--durability 'some' is unknown: use full or relaxed (see 'lovage up --help')"
        ),
        (
            ["workflow", "list", "--outcome", "lost"],
            "--outcome 'lost' is unknown: use succeeded, failed or cancelled (see 'lovage workflow list --help')"
        ),
        (
            ["submit", "k", "--queue"],
            "--queue has no value: give one, after = when it begins with a dash (see 'lovage submit --help')"
        ),
        (["get", "--json=x", "i"], "--json takes no value, but 'x' is given: leave it out (see 'lovage get --help')"),
        (["submit"], "<kind> is missing: which kind of job (see 'lovage submit --help')"),
        (["call", "k", "-5"], "argument '-5' begins with a dash: write it after -- (see 'lovage call --help')"),
    ])
    func `is answered in one sentence with the fix`(words: [String], sentence: String) {
        #expect(Self.complaint(words) == sentence)
    }

    @Test(arguments: HelpPage.all)
    func `is answered so for every option that has a value`(page: HelpPage) {
        let help = LovageCommand.helpMessage(for: page.command, columns: 200)
        for match in help.matches(of: /\n +(--[a-z-]+) <([^>]+)>/) {
            for value in ["5x", "-5", "", "five words 'quoted' \u{1B}[31m"] {
                let words = page.path.dropFirst() + [String(match.1), value]
                guard let sentence = Self.complaint(Array(words)), sentence.hasPrefix("\(match.1) ") else { continue }
                #expect(sentence.contains(" like ") || sentence.contains(": use "), "\(words): \(sentence)")
                #expect(!sentence.contains("\n"), "\(sentence)")
                #expect(sentence.hasSuffix("--help')"), "\(sentence)")
                if match.2 == "time" { #expect(sentence.contains("5s"), "\(sentence)") }
            }
        }
    }

    @Test func `takes negative numbers after a space`() throws {
        let words = NegativeValues.joined(["submit", "k", "--priority", "-5", "--after", "-5s", "--", "--x", "-1"])
        #expect(words == ["submit", "k", "--priority=-5", "--after=-5s", "--", "--x", "-1"])
        #expect(
            NegativeValues.joined(["k", "-1", "--a=b", "-1", "--", "-2"]) == ["k", "-1", "--a=b", "-1", "--", "-2"])
        let command = try LovageCommand.parseAsRoot(NegativeValues.joined(["submit", "k", "--priority", "-5"]))
        #expect((command as? SubmitCommand)?.options.priority == -5)
        #expect(Self.complaint(["submit", "k", "--after", "-5s"])?.contains("'-5s' is no length of time") == true)
    }

    @Test(arguments: ["", ",", "W9"])
    func `is an empty list of workloads, too`(text: String) {
        #expect(throws: CommandFailure.self) { try BenchPlan.workloads(text) }
    }

    /// What is said of these words; nil when they can be parsed.
    private static func complaint(_ words: [String]) -> String? {
        do {
            _ = try LovageCommand.parseAsRoot(NegativeValues.joined(words))
            return nil
        } catch {
            return UsageSentence.text(error)
        }
    }
}
