/// A reader of bytes from outside, and what must hold whatever the bytes are.
///
/// The same checks run in two places: in `lovage-fuzz`, which looks for inputs that break them, and in the tests, which
/// give them every seed and everything that was ever found.
package struct FuzzTarget: Sendable {
    /// Its name, and that of its folder of seeds and findings.
    package let name: String
    /// What is read, in a few words.
    package let summary: String
    private let promises: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ summary: String, _ promises: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.summary = summary
        self.promises = promises
    }

    /// The target of a name; nil when there is none.
    package init?(_ name: String) {
        guard let target = Self.all.first(where: { $0.name == name }) else { return nil }
        self = target
    }

    /// Reads `bytes`; throws `BrokenPromise` when something does not hold. It may as well trap or not return, which
    /// are findings too.
    package func check(_ bytes: [UInt8]) throws { try promises(bytes) }

    /// Every target.
    package static let all: [FuzzTarget] = {
        var targets = [json, requests, answers, texts, logs, templates]
        #if Commands
        targets.append(definitions)
        #endif
        #if SQLite
        targets.append(records)
        #endif
        return targets
    }()
}

/// What an input showed not to hold.
package struct BrokenPromise: Error, CustomStringConvertible {
    /// One sentence with what was read.
    package let description: String
}

/// Throws the sentence unless `isKept`.
func promise(_ isKept: Bool, _ sentence: @autoclosure () -> String) throws(BrokenPromise) {
    if !isKept { throw BrokenPromise(description: sentence()) }
}
