import Foundation
import Logging
import LovageCore
import LovageWorker

/// What one process that owns a store is told.
struct HostConfiguration: Sendable {
    var folder: StoreFolder
    var slots: Int
    var queues: QueueOrder
    var durability: StoreFolder.Durability
    var drainGrace: Duration
    var logLevel: Logger.Level
}

/// One process that owns a store.
struct Host: Sendable {
    let configuration: HostConfiguration
    init(_ configuration: HostConfiguration) { self.configuration = configuration }

    func run(listening address: ListenAddress?) async throws {
        throw CommandFailure(.noServer, "this build has no server yet")
    }
}
