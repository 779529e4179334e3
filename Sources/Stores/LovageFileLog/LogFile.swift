import Foundation
import LovageStore

/// One open log file; closed when it is let go.
struct LogFile: ~Copyable {
    private let descriptor: CInt
    private let path: String

    /// Opens a file to append to, and makes it and its folders, for their owner only, where there is none.
    init(creating url: URL) throws(StoreError) {
        path = url.path
        var descriptor = Self.open(path)
        if descriptor < 0, errno == ENOENT {
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw StoreError(.inputOutput, attempted: "make the folder of \(path)", cause: "\(error)")
            }
            descriptor = Self.open(path)
        }
        guard descriptor >= 0 else { throw Self.failure("open \(path)") }
        self.descriptor = descriptor
    }

    private static func open(_ path: String) -> CInt {
        Foundation.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }

    /// Opens a file to read; nil when there is none.
    init?(reading url: URL) throws(StoreError) {
        path = url.path
        descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw Self.failure("open \(path)")
        }
    }

    deinit { close(descriptor) }

    /// How many bytes it has.
    func size() throws(StoreError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("read the size of \(path)") }
        return Int64(status.st_size)
    }

    /// Adds bytes as a whole; what a full disk cuts off is cut away again.
    func append(_ bytes: [UInt8]) throws(StoreError) {
        let before = try size()
        var count = 0
        repeat { count = write(descriptor, bytes, bytes.count) } while count < 0 && errno == EINTR
        guard count != bytes.count else { return }
        let error = count < 0 ? errno : ENOSPC
        if count > 0 {
            // If even that fails the reader stops at the frame that is not whole, as after a crash.
            _ = ftruncate(descriptor, off_t(before))
        }
        errno = error
        throw Self.failure("write to \(path)")
    }

    /// Up to `count` bytes from `offset`.
    func read(from offset: Int64, count: Int) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        repeat { got = pread(descriptor, &bytes, count, off_t(offset)) } while got < 0 && errno == EINTR
        guard got >= 0 else { throw Self.failure("read \(path)") }
        bytes.removeLast(count - got)
        return bytes
    }

    private static func failure(_ attempted: String) -> StoreError {
        let cause = String(cString: strerror(errno))
        return StoreError(errno == ENOSPC || errno == EDQUOT ? .full : .inputOutput, attempted: attempted, cause: cause)
    }
}
