import Foundation

/// Holds scripts until the test lets them go on, and says when one has come: two named pipes in a folder.
final class Gate: Sendable {
    /// Comes to the gate of its first argument and waits there.
    static let script = """
        #!/bin/sh
        echo came >"$1/came"
        read -r word <"$1/go"
        echo "$word"
        """

    /// Writes the command `gate.wait`, which runs the script, and the workflow `held` of one step `hold`.
    static func define(in folder: TestFolder) throws {
        try folder.write(script, to: "definitions/scripts/gate.sh")
        try folder.write(
            """
            command: gate.wait
            run: [scripts/gate.sh, "${args.gate}"]
            parameters:
              gate: {type: string, required: true}
            ---
            workflow: held
            parameters:
              gate: {type: string, required: true}
            steps:
              hold:
                run: gate.wait
                with: {gate: "${params.gate}"}
            """, to: "definitions/held.yaml")
    }

    /// The folder with the pipes, which a script is given.
    let path: String
    private let came: FileHandle
    private let go: FileHandle
    private let arrivals: AsyncStream<Void>

    init(in folder: TestFolder) throws {
        let url = folder.file("gate")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
        came = try Self.pipe(url.appendingPathComponent("came"))
        go = try Self.pipe(url.appendingPathComponent("go"))
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        self.arrivals = arrivals
        came.readabilityHandler = { reader in
            for byte in reader.availableData where byte == UInt8(ascii: "\n") { arrival.yield() }
        }
    }

    /// Returns when one more script has come.
    func waitForScript() async { for await _ in arrivals { return } }

    /// Lets one script go on.
    func open() throws { try go.write(contentsOf: Data("gone\n".utf8)) }

    /// Opened for both directions, so that neither side has to wait for the other to open it.
    private static func pipe(_ url: URL) throws -> FileHandle {
        guard mkfifo(url.path, 0o600) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        let descriptor = Foundation.open(url.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit { came.readabilityHandler = nil }
}
