package import LovageCore
package import LovageStore

/// A token as it is kept: without its text.
package struct TokenView: APIObject, Hashable {
    /// What it is looked up by: the part of its text between its kind and its secret.
    package let id: TokenID
    package let name: TokenName
    package let kind: TokenKind
    package let created: StoreTime
    /// When it was revoked; nil while it lets somebody in.
    package let revoked: StoreTime?

    /// Shows a token.
    package init(_ record: TokenRecord) {
        id = record.draft.id
        name = record.draft.name
        kind = record.draft.kind
        created = record.created
        revoked = record.revoked
    }

    package static let schema = ObjectSchema(
        "Token", "A token as it is kept: without its text.",
        [
            .always("id", .text(), "What it is looked up by; no secret."),
            .always("name", .text(), "What people call it."),
            .always("kind", .text(), "What it is for: `admin` may do everything."),
            .always("created", .time, "When it was made."),
            .nullable("revoked", .time, "When it was revoked; null while it lets somebody in."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        id = try reader.required("id", reader.tokenID("id"))
        name = try reader.required("name", reader.name("name"))
        kind = try reader.required("kind", reader.tokenKind("kind"))
        created = try reader.required("created", reader.moment("created"))
        revoked = try reader.moment("revoked")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("id", id.description)
        writer.member("name", name.text)
        writer.member("kind", kind.description)
        writer.member("created", time: created)
        writer.member("revoked", time: revoked)
    }
}

/// Every token that is kept, the oldest first.
package struct TokensView: APIObject, Hashable {
    package let tokens: [TokenView]
    package init(_ tokens: [TokenView]) { self.tokens = tokens }

    package static let schema = ObjectSchema(
        "Tokens", "Every token that is kept, the oldest first.",
        [.always("tokens", .list(.object(TokenView.schema)), "The tokens.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        tokens = try reader.required("tokens", reader.objects("tokens"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("tokens", objects: tokens) }
}

/// What is asked for with a new token.
package struct TokenRequest: APIObject, Hashable {
    package let name: TokenName
    /// Asks for a token with this name.
    package init(name: TokenName) { self.name = name }

    package static let schema = ObjectSchema(
        "TokenRequest", "What is asked for with a new token.",
        [.always("name", .text(), "What people call it; no two that are not revoked have the same name.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.name("name"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("name", name.text) }
}

/// A token that was just made, with its text.
package struct NewTokenView: APIObject {
    package let token: TokenView
    /// The credential. It is not kept, so this is the only time it is seen.
    package let text: TokenText

    /// Shows a token and its text.
    package init(_ token: TokenView, _ text: TokenText) {
        self.token = token
        self.text = text
    }

    package static let schema = ObjectSchema(
        "NewToken", "A token that was just made, with its text.",
        [
            .always("token", .object(TokenView.schema), "The token."),
            .always("text", .text(), "The credential; only its hash is kept, so this is the only time it is seen."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        token = try reader.required("token", reader.object("token"))
        text = try reader.required("text", reader.tokenText("text"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("token", object: token)
        writer.member("text", text.text)
    }
}

extension FieldReader {
    fileprivate func tokenID(_ key: String) throws(ProblemView) -> TokenID? {
        try text(key).flatMap(TokenID.init)
    }

    fileprivate func tokenKind(_ key: String) throws(ProblemView) -> TokenKind? {
        try text(key).flatMap(TokenKind.init)
    }

    fileprivate func tokenText(_ key: String) throws(ProblemView) -> TokenText? {
        try text(key).flatMap { TokenText($0) }
    }
}
