import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "One page: health, queues, workers, what runs, what waits and why, what failed.",
        discussion: """
            Failures are those of jobs submitted in the last day. Ends with code 1 when
            something is wrong with the server (a job that failed is not), and with code 5
            when no server answers. For scripts there is 'lovage health'.

            Examples:
              lovage status
              watch -n 5 lovage status
              lovage status --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let page = try await server.status()
            if self.server.json {
                terminal.write([page.json.string])
            } else {
                terminal.write(
                    StatusDrawing.lines(
                        page, server: server.server, width: terminal.width,
                        height: terminal.isInteractive ? terminal.height : nil, palette: terminal.palette))
            }
            if !page.troubles.isEmpty { throw CommandFailure(.jobFailed) }
        }
    }
}
