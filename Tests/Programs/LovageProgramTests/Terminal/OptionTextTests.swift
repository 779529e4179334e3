import LovageCore
import Testing

@testable import lovage

@Suite struct `What people type` {
    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("5m", .seconds(300)), ("1h30m", .seconds(5_400)),
        ("2d", .seconds(172_800)),
        ("1.5s", .milliseconds(1_500)), ("0s", .zero),
    ])
    func `reads lengths of time`(text: String, duration: Duration) { #expect(DurationText.parse(text) == duration) }

    @Test(arguments: ["", "5", "m", "-5m", "5 m", "1.2.3s", "5y", "99999999999d", "5m "])
    func `refuses what is no length of time`(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test func `reads arguments as JSON or as pairs`() throws {
        #expect(try ArgumentText.parse([]).string == "{}")
        #expect(try ArgumentText.parse([#"{"a": [1]}"#]).string == #"{"a": [1]}"#)
        #expect(try ArgumentText.parse(["[1,2]"]).string == "[1,2]")
        #expect(try ArgumentText.parse(["7"]).string == "7")
        let pairs = ["to=ann", "n=3", "big=true", #"text="3""#, "list=[1,2]", "eq=a=b", "none="]
        #expect(
            try ArgumentText.parse(pairs).string
                == #"{"to":"ann","n":3,"big":true,"text":"3","list":[1,2],"eq":"a=b","none":""}"#)
    }

    @Test(arguments: [["to"], ["to=a", "b"], ["=x", "y=1"], ["a=1", "a=2"], ["{bad"], ["{\"a\":1}", "b=1"]])
    func `names the word that is no argument`(words: [String]) {
        #expect(throws: CommandFailure.self) { try ArgumentText.parse(words) }
    }

    @Test func `refuses JSON that is nested too deeply or is no UTF-8`() {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let failure = #expect(throws: CommandFailure.self) { try ArgumentText.parse([deep]) }
        #expect(failure?.code == .usage)
    }
}
