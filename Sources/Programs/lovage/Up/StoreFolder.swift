import Foundation
import LovageCommands
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

    /// Where the text of the first token is.
    var token: TokenFile { TokenFile(path: url.appendingPathComponent(TokenFile.name).path) }

    /// Takes the folder for this process and opens its store, making both where there are none.
    func open(_ durability: Durability) throws -> Opened {
        try make()
        try refuseForeign()
        try refuseEmptied()
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

    /// Refuses a folder, or what a server has in it, that other users can change.
    private func refuseForeign() throws(CommandFailure) {
        let names = [
            "", "lovage.db", "lovage.db-wal", "lovage.db-shm", "lovage.db.lock", TokenFile.name, "logs", "run",
            "scratch",
            "files", "files/by-hash",
        ]
        for name in names {
            let path = name.isEmpty ? url.path : url.appendingPathComponent(name).path
            if let problem = OwnPlace(path).problem() { throw .usage("--data is refused: \(Harmless.line(problem))") }
        }
    }

    /// Refuses a database file without a byte in a folder that was used before: something emptied it, and what it held
    /// would be gone without a word. Where nothing else was made yet it is of a first start that was killed.
    private func refuseEmptied() throws(CommandFailure) {
        // A file that is not there, or cannot be looked at, is not one without a byte.
        let attributes = try? FileManager.default.attributesOfItem(atPath: database.path)
        guard attributes?[.size] as? Int == 0,
            [TokenFile.name, "files", "logs"].contains(where: {
                FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
            })
        else { return }
        throw .usage(
            "'\(Harmless.line(database.path))' is empty, though the folder was used before: put a copy of it back, or "
                + "remove the file to begin anew without its jobs")
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
