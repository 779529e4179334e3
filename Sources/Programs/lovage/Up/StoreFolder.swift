import Foundation
import LovageCore
import LovageMemoryStore
import LovageStore

/// The folder that holds everything a server keeps. The only place that names a concrete store.
struct StoreFolder: Sendable {
    let url: URL

    /// How much of what was answered a crash of the machine may lose.
    enum Durability: String, Sendable, CaseIterable {
        case full
        case relaxed
    }

    /// A store, and how to close it.
    struct Opened: Sendable {
        let store: any Store
        let close: @Sendable () async -> Void
    }

    /// Opens the store, making the folder (for its owner only) where there is none.
    func open(_ durability: Durability) async throws -> Opened {
        try make()
        return Opened(store: MemoryStore(clock: Self.clock), close: {})
    }

    private static let clock: @Sendable () -> Moment = {
        let microseconds = Int64(Date().timeIntervalSince1970 * 1_000_000)
        return Moment(store: StoreTime(microseconds: microseconds), wall: WallTime(microseconds: microseconds))
    }

    private func make() throws {
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure.usage(
                "--data '\(url.path)' cannot be made: \(error.localizedDescription); choose a folder you may write to")
        }
    }
}
