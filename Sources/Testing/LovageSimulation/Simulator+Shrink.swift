extension Simulator {
    /// The smallest world found that still breaks the promise a seed broke.
    public struct Shrunk: Sendable {
        /// What is left of its plan.
        public let plan: Plan
        /// What it was drawn as.
        public let original: Plan
        /// How it ended, with everything that happened in it.
        public let result: Result
        /// How many worlds were run to find it.
        public let runs: Int
    }

    /// Takes away what a failing seed's world does not need in order to fail: one fault after the other, for as long as
    /// the same promise breaks. Nil when the seed does not fail. Runs at most `limit` worlds.
    public func shrink(_ seed: UInt64, limit: Int = 400) -> Shrunk? {
        let original = Plan(seed: seed, profile: profile)
        guard let broken = run(seed, original).violation?.invariant else { return nil }
        var plan = original
        var runs = 1
        var isShrinking = true
        while isShrinking, runs < limit {
            isShrinking = false
            for candidate in plan.smaller {
                runs += 1
                if run(seed, candidate.plan).violation?.invariant == broken {
                    plan = candidate.plan
                    isShrinking = true
                    break
                }
                if runs >= limit { break }
            }
        }
        return Shrunk(plan: plan, original: original, result: run(seed, plan, keepsLog: true), runs: runs)
    }
}
