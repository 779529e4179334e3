import Foundation

/// The path of a Unix socket, as the system takes it.
enum SocketPath {
    /// Longest path of a socket in bytes: `sun_path` without its end.
    private static let most = 107

    /// The path itself, or for one that is too long a short one through an open descriptor of its folder, which stays open
    /// as long as the process lives.
    static func usable(_ path: String) throws(CommandFailure) -> String {
        if path.utf8.count <= most { return path }
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // The caller finds no socket there, and says so better.
        guard descriptor >= 0 else { return path }
        let short = "/proc/self/fd/\(descriptor)"
        guard FileManager.default.fileExists(atPath: short) else {
            close(descriptor)
            throw .usage(
                "the socket '\(Harmless.line(path))' has a path of \(path.utf8.count) bytes, and without /proc this system "
                    + "takes \(most): choose a data folder with a shorter path")
        }
        return short + "/" + (path as NSString).lastPathComponent
    }
}
