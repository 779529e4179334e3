/// The edges of a definition by position, made once, so that the end of a step touches its own edges only.
struct StepGraph: Sendable {
    /// Where each step stands in the definition.
    let positions: [String: Int]
    /// For each step the steps it needs.
    let needs: [[Int]]
    /// For each step the steps that need it.
    let dependents: [[Int]]

    /// Reads the edges; needs that name no step are left out, as `WorkflowDefinition.faults()` reports them.
    init(_ steps: [WorkflowDefinition.Step]) {
        let positions = Dictionary(
            steps.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var dependents = [[Int]](repeating: [], count: steps.count)
        var needs: [[Int]] = []
        for (position, step) in steps.enumerated() {
            var seen = Set<Int>()
            let mine = step.needs.compactMap { positions[$0] }.filter { seen.insert($0).inserted }
            needs.append(mine)
            for need in mine { dependents[need].append(position) }
        }
        self.positions = positions
        self.needs = needs
        self.dependents = dependents
    }

    /// The steps in an order in which each comes after what it needs, those of an equal depth in the order written;
    /// and those on a cycle, which have none.
    func ordered() -> (order: [Int], onCycle: [Int]) {
        var open = needs.map(\.count)
        var layer = open.indices.filter { open[$0] == 0 }
        var order: [Int] = []
        while !layer.isEmpty {
            order += layer
            var next: [Int] = []
            for position in layer {
                for dependent in dependents[position] {
                    open[dependent] -= 1
                    if open[dependent] == 0 { next.append(dependent) }
                }
            }
            layer = next.sorted()
        }
        return (order, open.indices.filter { open[$0] > 0 })
    }

    /// One cycle, as a walk along needs that ends where it began; nil when there is none.
    func cycle() -> [Int]? {
        let remaining = Set(ordered().onCycle)
        guard let start = remaining.min() else { return nil }
        // Whatever has no order needs something else that has none, so that this walk must come round again.
        var walk = [start]
        var place = [start: 0]
        while let next = needs[walk[walk.count - 1]].first(where: remaining.contains) {
            if let first = place[next] { return Array(walk[first...]) + [next] }
            place[next] = walk.count
            walk.append(next)
        }
        return nil
    }

    /// Everything `position` needs, directly or through others.
    func everythingNeeded(by position: Int) -> Set<Int> {
        var found = Set<Int>()
        var open = needs[position]
        while let next = open.popLast() {
            if found.insert(next).inserted { open += needs[next] }
        }
        return found
    }
}
