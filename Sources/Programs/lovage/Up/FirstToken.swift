import LovageCore
import LovageServer
import LovageStore

/// The token that the first start on a data folder makes, for programs of the folder's owner that speak TCP.
struct FirstToken: Sendable {
    let store: any TokenStore
    let file: TokenFile

    /// Makes it where no token was ever made. The file comes first: when the process dies in between, the next start finds
    /// no token kept, and makes another.
    func makeIfFirst() async throws {
        guard try await store.tokens().isEmpty else { return }
        let made = TokenMaking.make("first", .admin)
        try file.keep(made.text)
        _ = try await store.insert(made.draft)
    }
}
