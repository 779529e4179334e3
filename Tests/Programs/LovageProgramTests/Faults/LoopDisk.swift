import Foundation
import Glibc

/// A file system of its own in a file, whose power can be cut: everything that was not synced is gone.
final class LoopDisk: Sendable {
    /// Why there can be none here; nil when there can. Tests that need one are skipped then.
    static let absence: String? = {
        guard getuid() == 0 else { return "only root may mount a file system" }
        do {
            _ = try LoopDisk()
            return nil
        } catch {
            return "no file system can be mounted from a file: \(error)"
        }
    }()

    /// Where it is mounted.
    let mount: URL
    private let folder: TestFolder
    private var image: String { folder.file("disk.img").path }

    /// Makes one of 64 MiB and mounts it. Blocks.
    init() throws {
        folder = try TestFolder()
        mount = folder.file("disk")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        try Self.run("truncate", "-s", "64M", folder.file("disk.img").path)
        try Self.run("mkfs.ext4", "-qF", folder.file("disk.img").path)
        try Self.run("mount", "-o", "loop", folder.file("disk.img").path, mount.path)
    }

    /// Cuts the power: ext4 is shut down without writing its log (EXT4_IOC_SHUTDOWN, NOLOGFLUSH). Whatever is asked of
    /// it from now on fails.
    func cut() throws {
        let descriptor = open(mount.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("open \(mount.path)", errno) }
        defer { close(descriptor) }
        var howMuch: UInt32 = 2
        let request: UInt = 2 << 30 | 4 << 16 | UInt(UInt8(ascii: "X")) << 8 | 125
        guard ioctl(descriptor, request, &howMuch) == 0 else { throw Failure("shut down \(mount.path)", errno) }
    }

    /// Gives the power back, once nobody holds a file of it any more: scripts of a killed server are just ending.
    func mountAgain() async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(30)
        while true {
            do {
                try Self.run("umount", mount.path)
                break
            } catch {
                guard clock.now < deadline else { throw error }
                try await clock.sleep(for: .milliseconds(50))
            }
        }
        try Self.run("mount", "-o", "loop", image, mount.path)
    }

    deinit {
        // What is left mounted goes with the machine; the test is over either way.
        _ = Result { try Self.run("umount", "-l", mount.path) }
    }

    private static func run(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(words.joined(separator: " "), EIO)
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ attempted: String, _ problem: Int32) {
            description = "\(attempted): \(String(cString: strerror(problem)))"
        }
    }
}
