import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "List, create and revoke tokens, which let programs in over TCP.",
        subcommands: [TokenListCommand.self, TokenCreateCommand.self, TokenRevokeCommand.self])
}

/// `lovage token list`
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tokens: names and ids, never their texts.",
        discussion: """
            Examples:
              lovage token list
              lovage token list --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let tokens = try await server.tokens()
            if self.server.json { terminal.write([TokensView(tokens).json.string]) }
            if tokens.isEmpty {
                throw CommandFailure(.emptyOrTimedOut, self.server.json ? nil : "there are no tokens")
            }
            if self.server.json { return }
            terminal.write(
                TokenTable.lines(tokens, width: terminal.width, palette: terminal.palette, moments: terminal.moments))
        }
    }
}

/// `lovage token create`
struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a token and print it, this one time.",
        discussion: """
            Whoever has it can do everything, from this machine and over TCP. The server keeps
            only its hash. HTTP clients send it as 'Authorization: Bearer …'; commands read it
            from --token-file or LOVAGE_TOKEN.

            Examples:
              lovage token create grafana
              (umask 077; lovage token create laptop >lovage-token)
            """)

    @Argument(help: "What to call it.") var name: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        let name = try TokenName(typed: name)
        try await server.use { server, terminal in
            let made = try await server.createToken(name)
            terminal.write([self.server.json ? made.json.string : made.text.text])
        }
    }
}

/// `lovage token revoke`
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Let nobody in by a token any more, at once.",
        discussion: """
            Examples:
              lovage token revoke grafana
              lovage token revoke 052a4f7499bee308
            """)

    @Argument(help: "The id of a token, or its name.") var token: String
    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            // A name that looks like an id is taken for one only when a token has that id.
            let tokens = try await server.tokens()
            guard
                let found = tokens.first(where: { $0.id.description == token })
                    ?? tokens.first(where: { $0.name.text == token && $0.revoked == nil })
            else {
                throw CommandFailure(
                    .unknown,
                    "no token has the id or name '\(Harmless.line(token.prefix(80)))': see 'lovage token list'")
            }
            let revoked = try await server.revokeToken(found.id)
            terminal.write([self.server.json ? revoked.json.string : "\(revoked.name) is revoked"])
        }
    }
}
