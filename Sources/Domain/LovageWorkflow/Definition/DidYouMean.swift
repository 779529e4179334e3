/// Finds the name somebody most likely meant.
package enum DidYouMean {
    /// How many problems of one report say what was probably meant: looking for it takes a look at every candidate, and
    /// nobody reads more.
    package static let mostHints = 100

    /// `; did you mean 'source'?`, or nothing when no candidate is near.
    package static func sentence(_ given: String, among candidates: some Sequence<String>) -> String {
        nearest(to: given, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// The candidate that takes the fewest edits, at most a third of its length (and at least one); nil when none does.
    package static func nearest(to given: String, among candidates: some Sequence<String>) -> String? {
        guard given.count <= 100 else { return nil }
        let given = normalised(given)
        var best: (name: String, edits: Int)?
        for candidate in candidates where candidate.count <= 100 {
            let edits = edits(from: given, to: normalised(candidate))
            guard edits <= max(1, min(given.count, candidate.count) / 3 + (candidate.count > 4 ? 1 : 0)) else {
                continue
            }
            if best.map({ edits < $0.edits }) ?? true { best = (candidate, edits) }
        }
        return best?.name
    }

    private static func normalised(_ name: String) -> [Character] {
        Array(name.lowercased()).map { $0 == "-" ? "_" : $0 }
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func edits(from left: [Character], to right: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1] + [Int](repeating: 0, count: right.count)
            for j in right.indices {
                row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
