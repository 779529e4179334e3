// What `stat` is made of counts as a part of it in this module.
import Dispatch
import Glibc
import LovageCore

/// Reads files that people name: regular ones only, up to a bound, so that a pipe is not waited for and a device not read
/// without end.
enum RegularFile {
    /// Why a file cannot be read, as the end of a sentence that begins with its path.
    struct Refusal: Error, Sendable, Hashable {
        let reason: String
        /// True when nothing has this path.
        var isMissing = false
    }

    /// What is in the file at `path`, which may have at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws(Refusal) -> [UInt8] {
        // Without O_NONBLOCK the opening of a pipe waits for somebody who writes.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw system("cannot be read") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw system("cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(reason: "is \(sort(status.st_mode)), not a file: name a regular file")
        }
        guard status.st_size <= limit else { throw tooLarge(Int(status.st_size), limit) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw system("cannot be read")
            }
            bytes += buffer[..<count]
            // It may grow while it is read.
            guard bytes.count <= limit else { throw tooLarge(bytes.count, limit) }
        }
    }

    /// The path without links; nil when nothing is there.
    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func system(_ what: String) -> Refusal {
        let code = errno
        return Refusal(
            reason: "\(what): \(String(cString: strerror(code)))", isMissing: code == ENOENT || code == ENOTDIR)
    }

    private static func tooLarge(_ bytes: Int, _ limit: Int) -> Refusal {
        Refusal(reason: "has \(Spans.grouped(bytes)) bytes: at most \(Spans.grouped(limit)) can be stored")
    }

    private static func sort(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }
}
