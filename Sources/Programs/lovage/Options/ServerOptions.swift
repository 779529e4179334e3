import ArgumentParser
import Foundation

/// What every command has that speaks to a server.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server: http://127.0.0.1:4710, or unix:/path for a socket. Default: LOVAGE_SERVER, or the socket in the "
                + "data folder.", valueName: "address"))
    var server: String?
    @Option(
        help: ArgumentHelp(
            "The data folder of the server. Default: LOVAGE_DATA, or $XDG_DATA_HOME/lovage, or ~/.local/share/lovage.",
            valueName: "folder"))
    var data: String?
    @Option(
        help: ArgumentHelp(
            "A file with the token for a server over TCP. Default: LOVAGE_TOKEN, which is the token itself, or the file "
                + "'token' in the data folder.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Print the API's JSON.") var json = false

    /// Where the server is, from the options, the environment or the default.
    func place(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> ServerPlace
    {
        try ServerPlace(.init(server: server, data: data, tokenFile: tokenFile), environment)
    }
}
