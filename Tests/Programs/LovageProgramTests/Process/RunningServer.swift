import Foundation
import LovageRemote
import Synchronization

/// A `lovage up` that runs.
final class RunningServer: Sendable {
    let folder: TestFolder
    let data: URL
    let port: Int
    let identifier: Int32
    /// The lines it said at its start: where it listens, where its data is, what its answers are worth.
    let greeting: [String]
    /// How the last of them begins.
    private static let greetingEnd = "durability"
    private let ended: AsyncStream<Int32>
    private let isGone: Gone

    /// Whether a process has ended.
    final class Gone: Sendable {
        let value = Atomic(false)
    }

    /// How it listens on TCP.
    enum Way {
        /// Open to everybody on the machine.
        case open
        /// With a token.
        case guarded
        case none

        fileprivate func options(_ port: Int) -> [String] {
            switch self {
            case .open: ["--listen", "127.0.0.1:\(port)", "--open"]
            case .guarded: ["--listen", "127.0.0.1:\(port)"]
            case .none: ["--no-tcp"]
            }
        }
    }

    var address: String { "http://127.0.0.1:\(port)" }
    var client: RemoteClient { RemoteClient(server: address) }

    /// Starts one and returns when it says that it listens: on its socket, and on a port as `tcp` says. Port
    /// 0 takes a free one; `data` nil is a folder in `folder`; `wrapper` is a program, with its arguments, that runs it in
    /// the process it was given.
    init(
        in folder: TestFolder, data: URL? = nil, port: Int = 0, tcp: Way = .open, arguments: [String] = [],
        environment: [String: String] = [:], under wrapper: [String] = []
    ) async throws {
        let process = Process()
        let data = data ?? folder.file("data")
        let words =
            wrapper + [
                Program.binary.path, "up", "--data", data.path, "--log-level", "warning",
            ] + tcp.options(port) + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = Program.clean.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let log = folder.file("server.log")
        if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        process.standardError = handle
        let output = Pipe()
        process.standardOutput = output
        let (texts, text) = AsyncStream.makeStream(of: String.self)
        output.fileHandleForReading.readabilityHandler = { reader in
            let data = reader.availableData
            if data.isEmpty {
                reader.readabilityHandler = nil
                text.finish()
            } else {
                text.yield(String(decoding: data, as: UTF8.self))
            }
        }
        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        let gone = Gone()
        process.terminationHandler = { process in
            gone.value.store(true, ordering: .releasing)
            // Not at the end of the pipe: a process that another test starts at the same moment may hold it open.
            text.finish()
            end.yield(process.endCode)
            end.finish()
        }
        try process.run()
        // Else it is kept for the whole run of the tests.
        try handle.close()
        self.folder = folder
        self.data = data
        self.ended = ended
        isGone = gone
        identifier = process.processIdentifier
        var said = ""
        var lines: [String] = []
        for await text in texts {
            said += text
            // Only a whole line holds the whole number.
            lines = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            if lines.last?.hasPrefix(Self.greetingEnd) == true { break }
        }
        greeting = lines
        let found = lines.lazy.compactMap { $0.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/) }.first
            .flatMap { Int($0.1) }
        guard let found = tcp != .none || lines.isEmpty ? found : 0 else {
            var code: Int32 = -1
            for await end in ended { code = end }
            throw ServerDidNotStart(code: code, log: try String(contentsOf: log, encoding: .utf8))
        }
        self.port = found
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(identifier, signal) }

    /// Stops it (SIGSTOP), and returns when none of its threads runs any more. One inside a call that cannot be
    /// interrupted (D) is stopped before it is back.
    func freeze() async throws {
        send(SIGSTOP)
        let threads = URL(fileURLWithPath: "/proc/\(identifier)/task")
        while try FileManager.default.contentsOfDirectory(atPath: threads.path).contains(where: { thread in
            // A thread that ends while we look does not run any more.
            let stat = try? String(contentsOf: threads.appendingPathComponent("\(thread)/stat"), encoding: .utf8)
            let state = stat?.split(separator: ")").last?.split(separator: " ").first
            return state.map { !["T", "t", "D", "Z", "X"].contains($0) } ?? false
        }) { await Task.yield() }
    }

    /// Waits until the process is gone; answers its exit code, or 128 and the signal.
    func waitForEnd() async -> Int32 {
        for await code in ended { return code }
        return -1
    }

    /// Kills it at once.
    func crash() async {
        send(SIGKILL)
        _ = await waitForEnd()
    }

    /// Runs a command against it, which finds it by its socket.
    func lovage(_ arguments: String..., input: String = "") async throws -> Program.Ended {
        try await Program.run(arguments, in: folder, input: input, environment: ["LOVAGE_DATA": data.path])
    }

    deinit { if !isGone.value.load(ordering: .acquiring) { kill(identifier, SIGKILL) } }
}

struct ServerDidNotStart: Error, CustomStringConvertible {
    /// Its exit code, or 128 and the signal.
    let code: Int32
    let log: String
    var description: String { "the server did not start, \(code): \(log)" }
}
