import ArgumentParser
import Testing

@testable import lovage

@Suite struct `The verbs people type` {
    @Test(
        arguments: [
            ("ps --limit 3", "list --limit 3"), ("jobs", "list"), ("describe a4f60b2c", "show a4f60b2c"),
            ("queues", "queue list"), ("workers --json", "worker list --json"), ("runs", "workflow list"),
            ("workflow status R", "workflow show R"), ("workflow explain R", "explain R"),
            ("queue get mail", "queue show mail"), ("help ps", "help list"), ("help", "help"), ("", ""),
            ("--version", "--version"), ("submit stauts", "submit stauts"), ("workflow", "workflow"),
            ("workflow --help", "workflow --help"), ("help workflow run", "help workflow run"),
        ])
    func `are taken as the commands they mean`(_ typed: String, _ meant: String) throws {
        #expect(try Verbs.resolved(words(typed)) == words(meant))
    }

    @Test(
        arguments: [
            ("stauts", "'lovage status'"), ("exlpain X", "'lovage explain'"),
            ("workflow retri R", "'lovage workflow retry'"),
            ("queue pauze mail", "'lovage queue pause'"), ("worker lst", "'lovage worker list'"),
            ("help sumbit", "'lovage submit'"), ("descibe X", "'lovage describe'"),
        ])
    func `that are misspelt are refused with the nearest`(_ typed: String, _ near: String) {
        let failure = #expect(throws: CommandFailure.self) { try Verbs.resolved(words(typed)) }
        #expect(failure?.code == .usage)
        #expect(failure?.message?.contains("did you mean \(near)?") == true, "\(failure?.message ?? "")")
        #expect(failure?.message?.contains("\n") == false)
    }

    @Test(
        arguments: [
            ("delete X", "lovage cancel"), ("workflow delete X", "lovage cancel"), ("schedule add", "no schedules yet"),
            ("cron", "no schedules yet"), ("kill X", "lovage cancel"), ("start", "lovage up"),
            ("queue delete mail", "purge"), ("nonsense-of-all-sorts", "'lovage --help' lists them"),
            ("help nonsense-of-all-sorts", "'lovage --help' lists them"),
            ("workflow zzz", "'lovage workflow --help' lists"),
        ])
    func `that do not exist are answered with what does`(_ typed: String, _ answer: String) {
        let failure = #expect(throws: CommandFailure.self) { try Verbs.resolved(words(typed)) }
        #expect(failure?.message?.contains(answer) == true, "\(failure?.message ?? "")")
    }

    @Test(arguments: HelpPage.all)
    func `do not stand in the way of a command`(page: HelpPage) throws {
        let words = Array(page.path.dropFirst())
        #expect(try Verbs.resolved(words) == words)
    }

    private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
