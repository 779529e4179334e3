import ArgumentParser
import Foundation
import LovageCore
import LovageWorker
import LovageWorkflow
import Testing

@testable import lovage

@Suite struct `What people type` {
    @Test func `reads arguments as JSON or as pairs`() throws {
        #expect(try ArgumentText.parse([]).json?.string == "{}")
        #expect(try ArgumentText.parse([#"{"a": [1]}"#]).json?.string == #"{"a": [1]}"#)
        #expect(try ArgumentText.parse(["[1,2]"]).json?.string == "[1,2]")
        #expect(try ArgumentText.parse(["7"]).json?.string == "7")
        let pairs = ["to=ann", "n=3", "big=true", #"text="3""#, "list=[1,2]", "eq=a=b", "none="]
        #expect(
            try ArgumentText.parse(pairs).pairs?.map { "\($0.name)|\($0.text)" } == [
                "to|ann", "n|3", "big|true", #"text|"3""#, "list|[1,2]", "eq|a=b", "none|",
            ])
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

    @Test func `reads where the API listens, on this machine only`() throws {
        #expect(try ListenAddress("127.0.0.1:4710").description == "127.0.0.1:4710")
        #expect(try ListenAddress("localhost:0").host == "127.0.0.1")
        #expect(try ListenAddress("[::1]:80").description == "[::1]:80")
        for text in [
            "0.0.0.0:4710", "[::]:4710", "192.168.1.1:1", "127.0.0.1", "127.0.0.1:99999", "127.0.0.256:1", "a:1",
        ] {
            #expect(throws: CommandFailure.self) { try ListenAddress(text) }
        }
    }

    @Test func `reads queues in strict order, or by weight once one has a weight`() throws {
        #expect(try WorkerOptions.order([]) == .strict(["default"]))
        #expect(try WorkerOptions.order(["mail", "slow"]) == .strict(["mail", "slow"]))
        #expect(try WorkerOptions.order(["mail=3", "slow"]) == .weighted(["mail": 3, "slow": 1]))
        for texts in [["mail", "mail"], ["mail=0"], ["mail=x"], ["=3"], ["a b"]] {
            #expect(throws: CommandFailure.self) { try WorkerOptions.order(texts) }
        }
    }

    @Test func `reads where data is kept`() throws {
        func path(_ option: String?, _ environment: [String: String]) throws -> String {
            try DataFolder.url(option, environment).path
        }
        #expect(try path("/x", ["LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]) == "/x")
        #expect(try path(nil, ["LOVAGE_DATA": "/z", "XDG_DATA_HOME": "/y"]) == "/z")
        #expect(try path(nil, ["LOVAGE_DATA": "", "XDG_DATA_HOME": "/y"]) == "/y/lovage")
        #expect(try path(nil, ["XDG_DATA_HOME": "y"]).hasSuffix("/.local/share/lovage"))
        let failure = #expect(throws: CommandFailure.self) { try path("", ["LOVAGE_DATA": "/z"]) }
        #expect(failure?.code == .usage)
        #expect(failure?.message?.contains("--data is empty") == true)
    }
}
