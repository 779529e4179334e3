import Foundation
import LovageCore
import LovageStore

/// Measures all parts of a plan, round by round.
struct BenchRun {
    let plan: BenchPlan
    let folder: URL
    /// Told what was measured, for people who wait.
    let progress: (String) -> Void
    /// The stores that serve every round.
    private var kept: [BenchPlan.Part: BenchBed] = [:]
    private var engine = ""

    init(_ plan: BenchPlan, in folder: URL, progress: @escaping (String) -> Void) {
        self.plan = plan
        self.folder = folder
        self.progress = progress
    }

    mutating func report() async throws -> BenchReport {
        var lines = plan.parts.map { BenchLine(part: $0) }
        // All rounds of idleness before any work, all others in turn: what differs between minutes differs for all.
        let idle = lines.indices.filter { lines[$0].part == .idle }
        let working = lines.indices.filter { lines[$0].part != .idle }
        let order = [idle, working].flatMap { indices in (0..<plan.rounds).flatMap { _ in indices } }
        for index in order {
            let part = lines[index].part
            lines[index].figures.append(try await measure(part))
            progress("\(part.workload.rawValue) \(part.title): \(lines[index].figures.count) of \(plan.rounds)")
        }
        for bed in kept.values { try bed.clear() }
        kept = [:]
        return BenchReport(
            store: engine, cores: ProcessInfo.processInfo.activeProcessorCount, plan: plan, lines: lines)
    }

    /// Each part has a store of its own: what one leaves behind is no part of the next.
    private mutating func measure(_ part: BenchPlan.Part) async throws -> BenchFigure {
        let bed = try kept[part] ?? BenchBed(in: folder.appendingPathComponent(part.key), plan)
        engine = await bed.store.health().engine
        guard part.keepsStore else {
            let figure = try await bed.run(part)
            try bed.clear()
            return figure
        }
        kept[part] = bed
        return try await bed.run(part)
    }
}

extension BenchBed {
    /// Measures one part once.
    fileprivate func run(_ part: BenchPlan.Part) async throws -> BenchFigure {
        switch part {
        case .idle: try await idle()
        case .submit(let clients): try await submitOneByOne(clients: clients)
        case .submitBulk(let size): try await submitInBulk(of: size)
        case .drain(let backlog): try await drain(backlog: backlog)
        case .produceAndWork: try await produceAndWork()
        case .start: try await startOne()
        case .result: try await callOne()
        case .due(let backlog): try await due(backlog: backlog)
        case .chain: try await chain()
        case .fanOut: try await fanOut()
        }
    }
}
