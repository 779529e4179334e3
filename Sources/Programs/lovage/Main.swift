import ArgumentParser
import Foundation
import LovageCommands

/// Where the program begins, and the only place where it chooses its exit code.
@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        // A hidden mode, before anything else: it stands beside one command and must start fast.
        if arguments.first == Supervisor.subcommand { Supervisor.main(arguments: Array(arguments.dropFirst())) }
        do {
            let words = NegativeValues.joined(try ProgramArguments.checked())
            var command = try LovageCommand.parseAsRoot(try Verbs.resolved(words))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(Ending(error, asJSON: arguments.prefix { $0 != "--" }.contains("--json")).code.rawValue)
        }
    }
}

/// What an error at the top leads to.
struct Ending {
    let code: CommandFailure.Code

    /// Says what there is to say, help on standard output and complaints on standard error.
    init(_ error: any Error, asJSON: Bool) {
        if let failure = error as? CommandFailure {
            failure.report(asJSON: asJSON)
            code = failure.code
            return
        }
        if LovageCommand.exitCode(for: error) == .success {
            Terminal.write(Array((LovageCommand.fullMessage(for: error) + "\n").utf8), to: STDOUT_FILENO)
            code = .done
        } else {
            let text = UsageSentence.text(error)
            if !text.isEmpty { CommandFailure.usage(Harmless.line(text)).report(asJSON: asJSON) }
            code = .usage
        }
    }
}
