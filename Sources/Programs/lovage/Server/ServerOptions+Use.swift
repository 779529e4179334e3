import LovageAPI
import LovageRemote

extension ServerOptions {
    /// Runs a command's body with a client of the server; what goes wrong between the two becomes what the program ends
    /// with.
    func use(_ body: (RemoteClient, Terminal) async throws -> Void) async throws {
        do {
            try await body(try place().client(), Terminal.current())
        } catch {
            throw (error as? RemoteError).map { CommandFailure($0) } ?? error
        }
    }
}
