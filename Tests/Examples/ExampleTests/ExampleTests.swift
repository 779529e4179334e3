import Foundation
import Testing

/// Every example is run as a user would, and prints what its page says.
@Suite(.timeLimit(.minutes(5))) struct ExampleTests {
    @Test(arguments: ["hello-job", "producer-consumer"])
    func `an example prints what its folder says it prints`(name: String) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let expected = try String(contentsOf: root.appending(path: "Examples/\(name)/output.txt"), encoding: .utf8)
        let process = Process()
        process.executableURL = buildFolder.appending(path: name)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(String(decoding: data, as: UTF8.self) == expected)
    }

    /// Products stand beside the test bundle, which the test runner names in its arguments.
    private var buildFolder: URL {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let parts = bundle.components(separatedBy: "/")
        let index = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return URL(filePath: parts[..<index].joined(separator: "/"))
    }
}
