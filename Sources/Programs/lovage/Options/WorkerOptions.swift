import ArgumentParser
import Foundation
import Logging
import LovageCore
import LovageWorker
import LovageWorkflow

/// What `up` and `worker run` have in common.
struct WorkerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data folder. Default: LOVAGE_DATA, or $XDG_DATA_HOME/lovage, or ~/.local/share/lovage.",
            valueName: "folder"))
    var data: String?
    @Option(help: "How many jobs run at once. Default: one for each core.") var slots: Int?
    @Option(
        name: .customLong("queue"), parsing: .singleValue,
        help: ArgumentHelp(
            "A queue to take from; may be given many times. Without weights the first one that has work goes first; "
                + "a queue of weight 3 goes first three times as often as one of weight 1. Default: default.",
            valueName: "name[=weight]"))
    var queues: [String] = []
    @Option(
        help: ArgumentHelp(
            "full: what was answered survives a power cut. relaxed: the last moment may be lost.",
            valueName: "full|relaxed"))
    var durability: StoreFolder.Durability = .full
    @Option(help: ArgumentHelp("How long running jobs may take to end while draining.", valueName: "time"))
    var drain: SpanOption?
    @Option(
        help: ArgumentHelp(
            "How long a worker keeps its jobs without a sign of life; it gives one three times as often. Default: 30s.",
            valueName: "time"))
    var lease: SpanOption?
    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String = "info"

    /// The checked values; throws the first that is wrong.
    func configuration(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> HostConfiguration
    {
        guard let level = Logger.Level(rawValue: logLevel.lowercased()) else {
            throw .usage(
                "--log-level '\(Harmless.line(logLevel))' is unknown: use trace, debug, info, notice, warning, error or critical"
            )
        }
        let slots = slots ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...10_000).contains(slots) else { throw .usage("--slots is \(slots): use 1 to 10000") }
        let lease = lease?.duration ?? .seconds(30)
        guard (.seconds(1) ... .seconds(3_600)).contains(lease) else {
            throw .usage("--lease is \(DurationText.format(lease)): use 1s to 1h")
        }
        return HostConfiguration(
            folder: StoreFolder(url: try DataFolder.url(data, environment)), slots: slots,
            queues: try Self.order(queues),
            durability: durability, drainGrace: drain?.duration ?? .seconds(30), lease: lease, logLevel: level)
    }

    /// Strict order without weights, weighted as soon as one has a weight.
    static func order(_ texts: [String]) throws(CommandFailure) -> QueueOrder {
        var names: [QueueName] = []
        var weights: [QueueName: Int] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try QueueName(typed: String(parts[0]))
            if names.contains(name) { throw .usage("--queue '\(name)' is given twice: give it once") }
            names.append(name)
            guard parts.count == 2 else { continue }
            guard let weight = Int(parts[1]), (1...1_000).contains(weight) else {
                throw .usage("--queue '\(Harmless.line(text))' has no weight from 1 to 1000 after the =")
            }
            weights[name] = weight
        }
        if names.isEmpty { return .strict([.default]) }
        if weights.isEmpty { return .strict(names) }
        return .weighted(Dictionary(uniqueKeysWithValues: names.map { ($0, weights[$0] ?? 1) }))
    }
}

extension StoreFolder.Durability: ExpressibleByArgument {}
