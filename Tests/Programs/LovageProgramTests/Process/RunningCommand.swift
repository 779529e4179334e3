import Foundation
import Synchronization

/// A command that is still writing.
final class RunningCommand: Sendable {
    let identifier: Int32
    private let texts: AsyncStream<String>
    private let ended: AsyncStream<Int32>
    private let said = Mutex("")
    private let isGone: RunningServer.Gone

    /// Starts it; what it complains about goes into the same stream, so that both keep their order.
    init(_ arguments: [String], environment: [String: String] = [:], input: URL? = nil) throws {
        let process = Process()
        process.executableURL = Program.binary
        process.arguments = arguments
        process.environment = Program.clean.merging(environment) { _, new in new }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
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
        let gone = RunningServer.Gone()
        process.terminationHandler = { process in
            gone.value.store(true, ordering: .releasing)
            // Not at the end of the pipe: a process that another test starts at the same moment may have inherited the
            // other end of it, and hold it open for long.
            output.fileHandleForReading.readabilityHandler = nil
            text.yield(Self.rest(of: output.fileHandleForReading.fileDescriptor))
            text.finish()
            end.yield(process.endCode)
            end.finish()
        }
        self.texts = texts
        self.ended = ended
        isGone = gone
        try process.run()
        identifier = process.processIdentifier
    }

    /// What a pipe holds now.
    private static func rest(of descriptor: Int32) -> String {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(identifier, signal) }

    /// Returns once it has written this text; false when it ended without.
    func waits(for text: String) async -> Bool {
        for await piece in texts {
            let hasCome = said.withLock { said in
                said += piece
                return said.contains(text)
            }
            if hasCome { return true }
        }
        return said.withLock { $0.contains(text) }
    }

    /// Waits for its end; everything it wrote, and its code.
    func end() async -> (output: String, code: Int32) {
        for await piece in texts { said.withLock { $0 += piece } }
        for await code in ended { return (said.withLock { $0 }, code) }
        return (said.withLock { $0 }, -1)
    }

    deinit { if !isGone.value.load(ordering: .acquiring) { kill(identifier, SIGKILL) } }
}
