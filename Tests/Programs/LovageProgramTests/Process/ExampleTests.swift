import ArgumentParser
import Foundation
import LovageAPI
import LovageCore
import LovageRemote
import Testing

@testable import lovage

/// Every example of every help text is run, as a person would copy it, against a server that has what the examples name.
@Suite(.timeLimit(.minutes(5))) struct `The examples of the help texts` {
    @Test func `are found in every help text`() {
        for page in HelpPage.all where page.command.configuration.subcommands.isEmpty {
            #expect(!Example.all(of: page).isEmpty, "\(page.path)")
        }
        #expect(Example.all.count > 60)
    }

    @Test func `do what they say`() async throws {
        let bed = try await ExampleBed()
        for example in Example.all where example.whyNot == nil {
            let ended = try await bed.run(example)
            // 3 is what a list says that finds nothing.
            #expect([0, 3].contains(ended.code), "\(example.line)\n\(ended.output)\(ended.complaints)")
            if ended.code == 3 { #expect(example.path.last == "list", "\(example.line)\n\(ended.complaints)") }
        }
    }

    @Test func `that start a server are understood, and start one`() async throws {
        let folder = try TestFolder()
        for example in Example.all where example.startsServer {
            var words = Example.words(example.line)
            words.removeFirst()
            words.removeAll { $0 == "/var/lib/lovage" || $0 == "--data" }
            // As a process of its own; it is ended as soon as it has said that it is there.
            let server = try RunningCommand(
                words + ["--data", folder.file(UUID().uuidString).path]
                    + (words.first == "up" && !words.contains("--no-tcp") ? ["--listen", "127.0.0.1:0"] : []))
            #expect(await server.waits(for: "durability"), "\(example.line)")
            server.send(SIGTERM)
            #expect(await server.end().code == 0, "\(example.line)")
        }
    }
}

/// One line that a help text offers to copy.
struct Example: Sendable {
    let path: [String]
    let line: String

    static let all = HelpPage.all.flatMap { all(of: $0) }

    /// The indented lines after `Examples:`; of the root's help those that begin with `lovage`.
    static func all(of page: HelpPage) -> [Example] {
        let text = page.command.configuration.discussion
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isRoot = page.path.count == 1
        let begin = isRoot ? 0 : lines.firstIndex { $0.trimmingCharacters(in: .whitespaces) == "Examples:" }
        guard let begin else { return [] }
        return lines[begin...].map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("lovage ") || (!isRoot && !$0.isEmpty && $0 != "Examples:") }
            .map { Example(path: page.path, line: $0) }
    }

    var startsServer: Bool { line.hasPrefix("lovage up") || line.hasPrefix("lovage worker run") }

    /// Why it is not run here.
    var whyNot: String? {
        if startsServer { return "it does not end by itself" }
        if line.hasPrefix("lovage bench") { return "it measures for minutes; its options have tests of their own" }
        return nil
    }

    static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
}

/// A server with the kinds, queues and workflow that the examples name, and jobs for the ids in them.
private struct ExampleBed {
    let server: RunningServer
    private static let placeholder = "01930a3e-0000-7000-8000-000000000000"

    init() async throws {
        let folder = try TestFolder()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../..").standardizedFileURL
        try FileManager.default.createDirectory(at: folder.file("Examples"), withIntermediateDirectories: true)
        let backup = folder.file("Examples/nightly-backup")
        try FileManager.default.copyItem(at: root.appendingPathComponent("Examples/nightly-backup"), to: backup)
        // The default source has 10,000 files; this one is backed up in a second.
        try folder.write("text", to: "source/a.txt")
        let workflow = backup.appendingPathComponent("workflow.yaml")
        let text = try String(contentsOf: workflow, encoding: .utf8)
        try text.replacing("/usr/share/doc", with: folder.file("source").path)
            .write(to: workflow, atomically: true, encoding: .utf8)
        try folder.write(Self.kinds, to: "ops/kinds.yaml")
        // What stands around `lovage` in the examples.
        try folder.write("#!/bin/sh\nexec \"\(Program.binary.path)\" \"$@\"\n", to: "bin/lovage")
        try folder.write("#!/bin/sh\necho '{}'; echo '{}'\n", to: "bin/generate-json-lines")
        try folder.write(String(repeating: "{}\n", count: 1_501), to: "jobs.jsonl")
        try folder.write("#!/bin/sh\ncat\n", to: "bin/dot")
        try folder.write("#!/bin/sh\nshift 2\nexec \"$@\"\n", to: "bin/watch")
        server = try await RunningServer(
            in: folder, arguments: ["--slots", "4", "--queue", "default", "--queue", "mail", "--queue", "slow"])
        for name in ["ops", "Examples/nightly-backup"] {
            let applied = try await server.lovage("apply", folder.file(name).path)
            try #require(applied.code == 0, "\(applied.complaints)")
        }
    }

    /// Runs the line in a shell, with what is only an example in it replaced.
    func run(_ example: Example) async throws -> Program.Ended {
        var line = example.line
        if line.contains(Self.placeholder) || line.contains("a4f60b2c") {
            let id = try await id(for: example.path)
            line = line.replacing(Self.placeholder, with: id).replacing("a4f60b2c", with: String(id.suffix(8)))
        }
        if line.contains("052a4f7499bee308") {
            let made = try await server.lovage("token", "create", "spare", "--json").output
            let id = try JSONValue(parsing: made.utf8)["token"]?["id"]?.stringValue ?? ""
            line = line.replacing("052a4f7499bee308", with: id)
        }
        for path in ["/srv/backup", "/var/backups/doc"] {
            line = line.replacing(path, with: server.folder.file("backup").path)
        }
        line = line.replacing("source=/etc", with: "source=\(server.folder.file("source").path)")
        return try await Program.shell(
            line, in: server.folder,
            environment: [
                "LOVAGE_DATA": server.data.path,
                "PATH": server.folder.file("bin").path + ":/usr/local/bin:/usr/bin:/bin",
            ])
    }

    /// An id of what the command is for, in a state in which it can do it.
    private func id(for path: [String]) async throws -> String {
        switch path.dropFirst().first {
        case "workflow":
            let run = try await server.lovage(
                "workflow", "run", path.last == "retry" ? "broken" : "simple"
            ).firstLine()
            if path.last == "retry" || path.last == "wait" { _ = try await server.lovage("wait", run) }
            return run
        case "worker": return try await server.client.workers()[0].id.description
        case "retry":
            let id = try await server.lovage("submit", "say.no").firstLine()
            _ = try await server.lovage("wait", id)
            return id
        case "list": return try await server.lovage("workflow", "run", "simple").firstLine()
        default:
            let id = try await server.lovage("submit", "image.resize").firstLine()
            _ = try await server.lovage("wait", id)
            return id
        }
    }

    private static let kinds = """
        command: mail.send
        run: ["true"]
        parameters:
          to: {type: string}
          retries: {type: integer}
        stdin: "${args.to} ${args.retries}"
        ---
        command: report.make
        run: [echo, "${args.day}"]
        parameters: {day: {type: string, default: today}}
        ---
        command: order.pay
        run: [echo, "${args.id}"]
        parameters: {id: {type: integer}}
        ---
        command: word.count
        run: [echo, "${args.text}"]
        parameters: {text: {type: string}}
        ---
        command: image.resize
        run: ["true"]
        ---
        command: say.no
        run: ["false"]
        retries: 0
        ---
        workflow: simple
        steps:
          archive: {run: image.resize}
        ---
        workflow: broken
        steps:
          archive: {run: say.no}
        """
}

extension Program {
    /// Runs a line in a shell.
    fileprivate static func shell(
        _ line: String, in folder: TestFolder, environment: [String: String]
    ) async throws -> Ended {
        let (stdout, stderr) = (folder.file("\(UUID().uuidString).out"), folder.file("\(UUID().uuidString).err"))
        for file in [stdout, stderr] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.currentDirectoryURL = folder.url
        process.environment = clean.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: stdout)
        process.standardError = try FileHandle(forWritingTo: stderr)
        let code = try await process.runToEnd()
        return Ended(
            code: code, output: try String(contentsOf: stdout, encoding: .utf8),
            complaints: try String(contentsOf: stderr, encoding: .utf8))
    }
}
