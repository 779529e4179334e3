import Foundation
import Glibc

/// A small file system of its own in memory, that can be filled up.
final class MemoryDisk: Sendable {
    /// Why there can be none here; nil when there can. Tests that need one are skipped then.
    static let absence: String? = {
        guard getuid() == 0 else { return "only root may mount a file system" }
        do {
            _ = try MemoryDisk("size=1m")
            return nil
        } catch {
            return "no file system can be mounted in memory: \(error)"
        }
    }()

    /// Where it is mounted.
    let mount: URL
    private let folder: TestFolder

    /// Mounts one with these options, such as `size=30m`.
    init(_ options: String) throws {
        folder = try TestFolder()
        mount = folder.file("disk")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        guard
            Glibc.mount("tmpfs", mount.path, "tmpfs", options.contains("noexec") ? UInt(MS_NOEXEC) : 0, size(options))
                == 0
        else {
            throw LoopDisk.Failure("mount a file system in memory", errno)
        }
    }

    private func size(_ options: String) -> String {
        options.split(separator: ",").first { $0.hasPrefix("size=") }.map(String.init) ?? ""
    }

    /// Takes all room there is; nothing more can be written until it is given back.
    func fill() throws {
        let descriptor = open(filling, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LoopDisk.Failure("open \(filling)", errno) }
        defer { close(descriptor) }
        for size in [65_536, 4_096, 1] {
            let zeros = [UInt8](repeating: 0, count: size)
            while write(descriptor, zeros, size) > 0 {}
        }
    }

    /// Gives the room back.
    func free() { unlink(filling) }

    private var filling: String { mount.appendingPathComponent("filling").path }

    deinit {
        // What is left mounted goes with the machine; the test is over either way.
        umount2(mount.path, Int32(MNT_DETACH))
    }
}
