/// A seed that once broke a promise; run before all others.
public struct Regression: Sendable, Hashable {
    /// Which faults its world is about.
    public let profile: Plan.Profile
    /// The seed.
    public let seed: UInt64

    /// A line of the list that says neither nothing nor a profile and a seed.
    public struct UnreadableLine: Error, Sendable, Hashable, CustomStringConvertible {
        /// Counted from 1.
        public let line: Int
        /// What it says.
        public let text: String
        /// Both.
        public var description: String { "line \(line): '\(text)' is not a profile and a seed, such as 'crash 58'" }
    }

    /// Reads a list: a profile and a seed a line; what follows a `#` is the story.
    public static func list(_ text: String) throws(UnreadableLine) -> [Regression] {
        var found: [Regression] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let said = line.prefix { $0 != "#" }.split(separator: " ")
            if said.isEmpty { continue }
            guard said.count == 2, let profile = Plan.Profile(rawValue: String(said[0])), let seed = UInt64(said[1])
            else { throw UnreadableLine(line: index + 1, text: String(line)) }
            found.append(Regression(profile: profile, seed: seed))
        }
        return found
    }
}
