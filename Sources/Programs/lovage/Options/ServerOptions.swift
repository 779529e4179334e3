import ArgumentParser
import Foundation

/// What every command has that speaks to a server.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's address. Default: LOVAGE_SERVER, or \(Self.standard).", valueName: "url"))
    var server: String?

    @Flag(help: "Print the API's JSON.") var json = false

    static let standard = "http://127.0.0.1:4710"

    /// The address, from the option, the environment or the default.
    func address(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure) -> String {
        let (text, name) =
            if let server {
                (server, "--server")
            } else if let server = environment["LOVAGE_SERVER"], !server.isEmpty {
                (server, "LOVAGE_SERVER")
            } else {
                (Self.standard, "--server")
            }
        guard let url = URL(string: text), url.scheme == "http", let host = url.host, !host.isEmpty,
            url.path.isEmpty || url.path == "/"
        else {
            throw .usage("\(name) '\(Harmless.line(text))' is no address of a server: use for example \(Self.standard)")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
