import Foundation
import LovageRemote
import LovageSQLiteStore
import LovageStore

/// The folder that holds everything a server keeps. The only place that names a concrete store.
struct StoreFolder: Sendable {
    let url: URL

    /// How much of what was answered a crash of the machine may lose.
    enum Durability: String, Sendable, CaseIterable {
        case full
        case relaxed
    }

    /// A store that this process owns.
    struct Opened: Sendable {
        let store: any Store
        /// What a crash of the machine may lose, in one sentence; nil when nothing.
        let lossWindow: String?
        /// Gives the file back; refuses what still comes.
        let close: @Sendable () throws -> Void
    }

    /// The database file.
    var database: URL { url.appendingPathComponent("lovage.db") }

    /// The socket that its server listens on.
    var socket: URL { url.appendingPathComponent(RemoteError.socketName) }

    /// Takes the folder for this process and opens its store, making both where there are none.
    func open(_ durability: Durability) throws -> Opened {
        try make()
        do {
            let store = try SQLiteStore(
                SQLiteConfiguration(
                    path: database.path, durability: durability == .full ? .full : .relaxed,
                    unconfirmed: Self.endAtOnce))
            return Opened(store: store, lossWindow: store.lossWindow, close: { try store.close() })
        } catch {
            throw CommandFailure(.usage, Harmless.line(error.description))
        }
    }

    /// Ends the process as a crash would. Nobody else is answered, nothing more is written, and what was answered before
    /// is found again by the next start; asking the disk once more could bring a yes that means nothing.
    @Sendable private static func endAtOnce(_ error: StoreError) {
        Terminal.complain("lovage: \(Harmless.line(error.description)); the server ends at once: start it again")
        _exit(CommandFailure.Code.diskFailed.rawValue)
    }

    /// Makes the folder for its owner only.
    func make() throws(CommandFailure) {
        // Whatever this process makes is its owner's alone: database, logs, scripts, results.
        umask(0o077)
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .usage(
                "--data '\(Harmless.line(url.path))' cannot be made: \(error.localizedDescription); choose a folder "
                    + "that you may write to")
        }
    }
}
