import AsyncHTTPClient
import LovageAPI
import LovageRemote

extension ServerOptions {
    /// Runs a command's body with a client of the server; what goes wrong between the two becomes what the program ends
    /// with.
    func use(_ body: (RemoteClient, Terminal) async throws -> Void) async throws {
        let server = try address()
        // A person who forgot to start the server wants to hear it at once, and a watcher has its own patience: the
        // HTTP client's way of knocking until the time is over serves neither.
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            try await body(RemoteClient(server: server, http: http), Terminal.current())
        } catch {
            try await http.shutdown()
            throw (error as? RemoteError).map { CommandFailure($0) } ?? error
        }
        try await http.shutdown()
    }
}
