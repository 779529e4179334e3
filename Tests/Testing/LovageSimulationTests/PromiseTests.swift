import Foundation
import Testing

@testable import LovageSimulation

/// Every promise holds in every world; 600 here, 10,200 in `make test`, as many as wanted in `make simulate`.
struct PromiseTests {
    @Test(arguments: Plan.Profile.allCases) func `every promise holds in many worlds`(_ profile: Plan.Profile) {
        let summary = Simulator(profile: profile).run(seeds: 1..<101, stopAtFailure: false)
        #expect(summary.worlds == 100)
        for failure in summary.failures {
            Issue.record("lovage-simulate --replay \(failure.seed) --profile \(profile.rawValue): \(failure.violation)")
        }
    }

    @Test func `seeds that once broke a promise no longer do`() throws {
        let text = try String(contentsOf: Self.regressions, encoding: .utf8)
        let known = try Regression.list(text)
        #expect(known.count >= 4)
        for regression in known {
            let result = Simulator(profile: regression.profile).run(regression.seed)
            #expect(result.violation == nil, "\(regression.profile.rawValue) \(regression.seed)")
        }
    }

    @Test func `a line of the list that is no seed is named`() throws {
        #expect(throws: Regression.UnreadableLine(line: 2, text: "crush 58")) {
            try Regression.list("crash 58 # a story\ncrush 58")
        }
        #expect(try Regression.list("# only a story\n\n") == [])
    }

    private static let regressions = (0..<3)
        .reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appending(path: "Fixtures/simulation/regressions.txt")
}
