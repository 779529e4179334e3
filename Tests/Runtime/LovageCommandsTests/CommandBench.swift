import Foundation
import Glibc
import Synchronization
import Testing

@testable import LovageCommands

/// Runs real commands through the real binary, in a folder of its own.
final class CommandBench: Sendable {
    let folder: String
    let runner: CommandRunner

    init() throws {
        var template = Array("/tmp/lovage-commands.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        try FileManager.default.createDirectory(atPath: "\(folder)/run", withIntermediateDirectories: false)
        runner = CommandRunner(binary: try Self.binary(), runFolder: "\(folder)/run")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The `lovage` binary stands beside the test bundle: tests run from the folder of products.
    static func binary() throws -> String {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let arguments = CommandLine.arguments.compactMap { $0.hasSuffix(".xctest") ? $0 : nil }
        if let bundle = arguments.first { folder = URL(fileURLWithPath: bundle).deletingLastPathComponent() }
        for candidate in [folder, URL(fileURLWithPath: ".build/debug")] {
            let path = candidate.appendingPathComponent("lovage").path
            if access(path, X_OK) == 0 { return path }
        }
        Issue.record("No lovage binary beside the tests (\(folder.path))")
        throw CancellationError()
    }

    /// A shell script as an invocation, with an ordinary PATH.
    func script(_ text: String, _ arguments: String...) -> CommandInvocation {
        CommandInvocation(
            executable: "/bin/bash", arguments: ["-c", text, "script"] + arguments,
            environment: ["PATH": "/usr/bin:/bin"], workingDirectory: folder)
    }

    struct Finished {
        var end: CommandEnd
        var output: [UInt8]
        var error: [UInt8]
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs it to its end. Nothing of it may be left then: not its supervisor's lock either.
    func run(_ invocation: CommandInvocation, named name: String = "job-1") async throws -> Finished {
        let collected = Collected()
        let end = try await runner.run(invocation, named: name) { collected.add($0) }
        #expect(access("\(folder)/run/\(name).supervisor", F_OK) != 0)
        return Finished(end: end, output: collected.bytes(.standardOutput), error: collected.bytes(.standardError))
    }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    func text(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
}

/// Gathers output by stream.
final class Collected: Sendable {
    private let state = Mutex<[OutputChannel: [UInt8]]>([:])

    func add(_ chunk: OutputChunk) {
        state.withLock { $0[chunk.stream, default: []] += chunk.bytes }
    }

    func bytes(_ stream: OutputChannel) -> [UInt8] {
        state.withLock { $0[stream] ?? [] }
    }
}

/// True while the process lives; one that is dead but not yet reaped does not count.
func isAlive(_ id: pid_t) -> Bool {
    ProcessTable.entry(of: id).map { !$0.isZombie } ?? false
}

/// Process deaths have no signal we could wait for here: looks until it holds, at most for `limit`.
func eventually(within limit: Duration, _ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return try condition()
}
