import ArgumentParser
import Foundation

/// `lovage up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start everything in this process: store, worker and HTTP API.",
        discussion: """
            The first SIGTERM or SIGINT drains: nothing new starts, what runs may end. The
            second one hands back what runs; it costs no retry and starts again with the
            next server.

            The API listens on lovage.sock in the data folder, which only its owner can open;
            that is where the other commands look for it. Over TCP it asks for a token; the
            first start leaves one in the file 'token' of the data folder. Whoever can use
            the API can run programs as the user of this process.

            Examples:
              lovage up
              lovage up --data /var/lib/lovage --slots 8
              lovage up --queue mail=3 --queue default=1
              lovage up --no-tcp
              lovage up --durability relaxed
            """)

    @OptionGroup(title: "Worker") var worker: WorkerOptions
    @Option(
        help: ArgumentHelp(
            "Where the API listens besides the socket; only this machine's own addresses. Default: 127.0.0.1:4710.",
            valueName: "address"))
    var listen: String?
    @Flag(help: "Listen on the socket in the data folder only.") var noTcp = false
    @Flag(help: "Take no token over TCP: every user and container of this machine can run programs as this user.")
    var open = false

    func run() async throws {
        try await Host(worker.configuration()).run(listening: try listening())
    }

    /// Where the API listens besides the socket.
    func listening() throws(CommandFailure) -> HostConfiguration.Listening {
        guard noTcp else {
            return .init(tcp: try ListenAddress(listen ?? ListenAddress.standard), isOpen: open)
        }
        if listen != nil { throw .usage("--no-tcp and --listen are both given: use one of them") }
        if open { throw .usage("--no-tcp and --open are both given: use one of them") }
        return .init(tcp: nil, isOpen: false)
    }
}
