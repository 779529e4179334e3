import ArgumentParser
import LovageAPI
import LovageCore
import LovageRemote

/// `lovage health`
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say whether the server works; code 0 when it does, 1 with the reasons.",
        discussion: """
            Ends with code 5 when no server answers. For people there is 'lovage status'.

            Examples:
              lovage health
              lovage health --json
            """)

    @OptionGroup(title: "Server") var server: ServerOptions

    func run() async throws {
        try await server.use { server, terminal in
            let health = try await server.health()
            let troubles = health.troubles
            if self.server.json {
                terminal.write([health.json.string])
            } else if troubles.isEmpty {
                terminal.write([
                    "healthy: version \(health.version), up \(Spans.text(.seconds(health.uptimeSeconds))), "
                        + "\(health.workers) \(health.workers == 1 ? "worker" : "workers")"
                ])
            } else {
                terminal.write(troubles.map { "unhealthy: \(Harmless.line($0))" })
            }
            if !troubles.isEmpty { throw CommandFailure(.jobFailed) }
        }
    }
}
