#if Server
import LovageAPI
import LovageCore
import LovageStore

extension Operations {
    /// `GET /tokens`
    func tokens() async throws -> Reply { .object(TokensView(try await store.tokens().map(TokenView.init))) }

    /// `POST /tokens`
    func createToken(_ call: Call) async throws -> Reply {
        let request: TokenRequest = try call.request()
        let made = TokenMaking.make(request.name, .admin, random: makeRandom)
        switch try await store.insert(made.draft) {
        case .created(let record): return .object(NewTokenView(TokenView(record), made.text), status: 201)
        case .nameTaken(let other):
            throw ProblemView(
                .nameTaken, "the token \(other.draft.id) has the name '\(request.name)' already", field: "name",
                hint: "choose another name, or revoke that one first")
        case .full:
            throw ProblemView(
                .tooManyTokens, "there are \(TokenRecord.most) tokens, which is as many as are kept",
                hint: "revoke one that is not used any more")
        case .idTaken:
            // 64 random bits that came twice: the randomness is broken.
            throw ProblemView(.internal, "a token could not be made")
        }
    }

    /// `POST /tokens/{token}/revoke`
    func revokeToken(_ call: Call) async throws -> Reply {
        let text = call.path["token"] ?? ""
        guard let id = TokenID(text), let record = try await store.revokeToken(id) else {
            throw ProblemView(
                .unknownToken, "no token has the id '\(text.prefix(80))'", field: "token",
                hint: "see the ids with 'lovage token list'")
        }
        return .object(TokenView(record))
    }
}
#endif
