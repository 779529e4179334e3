import Foundation

/// The built `lovage` binary.
enum Program {
    /// What a command wrote and how it ended.
    struct Ended: Sendable {
        let code: Int32
        let output: String
        let complaints: String
        /// The lines of the output.
        var lines: [String] { output.split(separator: "\n").map(String.init) }

        /// The first line, such as the id of a submitted job; what was complained about is thrown where there is none.
        func firstLine() throws -> String {
            guard let line = lines.first else { throw NoOutput(code: code, complaints: complaints) }
            return line
        }
    }

    /// Beside the test bundle, where the build leaves it.
    static var binary: URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("lovage")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return Bundle.main.bundleURL.appendingPathComponent("lovage")
    }

    /// Runs a command to its end. Output goes through files, so that no pipe can fill up; it is not read from an `output`
    /// that is named.
    static func run(
        _ arguments: [String], in folder: TestFolder, input: String = "", environment: [String: String] = [:],
        output: URL? = nil
    ) async throws -> Ended {
        let name = UUID().uuidString
        let (stdin, stdout, stderr) = (
            folder.file("\(name).in"), folder.file("\(name).out"), folder.file("\(name).err")
        )
        try Data(input.utf8).write(to: stdin)
        for file in [stdout, stderr] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = binary
        process.arguments = arguments
        process.environment = clean.merging(environment) { _, new in new }
        process.standardInput = try FileHandle(forReadingFrom: stdin)
        process.standardOutput = try FileHandle(forWritingTo: output ?? stdout)
        process.standardError = try FileHandle(forWritingTo: stderr)
        let code = try await process.runToEnd()
        return Ended(
            code: code, output: try String(contentsOf: stdout, encoding: .utf8),
            complaints: try String(contentsOf: stderr, encoding: .utf8))
    }

    /// This process's environment without what would change a command.
    static let clean = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("LOVAGE_") && $0.key != "NO_COLOR"
    }
}

struct NoOutput: Error { let code: Int32, complaints: String }

extension Process {
    /// The exit code, or 128 and the signal.
    var endCode: Int32 { terminationReason == .uncaughtSignal ? 128 + terminationStatus : terminationStatus }

    /// Starts and returns how it ended.
    func runToEnd() async throws -> Int32 {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
            terminationHandler = { continuation.resume(returning: $0.endCode) }
            do {
                try run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// A folder that goes away with the test.
final class TestFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("lovage-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a file, making its folder; executable when it is a script.
    @discardableResult
    func write(_ text: String, to name: String) throws -> URL {
        let file = file(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        if text.hasPrefix("#!") {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        return file
    }

    deinit {
        // A folder that cannot be removed is the next reader's nuisance, not this test's failure.
        try? FileManager.default.removeItem(at: url)
    }
}
