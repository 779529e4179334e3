import ArgumentParser

/// `lovage worker run`
struct WorkerRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run store and worker in one process, without a server.",
        discussion: """
            For what is stored in a folder already: its command kinds and the jobs that wait.
            Exactly one process owns a data folder, so stop `lovage up` on it first.

            Examples:
              lovage worker run --data /var/lib/lovage
              lovage worker run --data /var/lib/lovage --queue mail --slots 2
            """)

    @OptionGroup(title: "Worker") var worker: WorkerOptions

    func run() async throws { try await Host(worker.configuration()).run(listening: nil) }
}
