import LovageAPI
import LovageRemote

extension ServerOptions {
    /// Runs a command's body with a client of the server; what goes wrong between the two becomes what the program ends
    /// with.
    func use(_ body: (RemoteClient, Terminal) async throws -> Void) async throws {
        let client = RemoteClient(server: try address())
        do {
            try await body(client, Terminal.current())
        } catch let error as RemoteError {
            throw CommandFailure(error)
        }
    }
}
