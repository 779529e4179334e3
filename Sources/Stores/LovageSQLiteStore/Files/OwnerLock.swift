#if SQLite
import LovageStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Says that this process owns a database file, for as long as it lives.
///
/// A lock of the kernel on a file beside the database, because SQLite's own locks let several processes in: two
/// checkpointers can lose data where SQLite has the WAL-reset bug (Debian 12's 3.40.1 does), and two writers would wait for each other's group commits. The kernel drops the lock when the process ends, however it ends. The lock file
/// stays: deleting it would let two processes lock two different files of one name.
struct OwnerLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock on `database`, or says who has it.
    init(on database: String) throws(StoreError) {
        let path = database + ".lock"
        let attempted = "open the store \(database)"
        // Not inherited: a command that outlives its worker must not keep the store locked.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unopened(path, attempted, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let problem = errno
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            guard problem == EWOULDBLOCK else {
                throw StoreError(
                    .inputOutput, attempted: attempted, cause: "\(path) cannot be locked (\(text(problem)))")
            }
            throw StoreError(
                .owned, attempted: attempted,
                cause: "\(holder) owns it; exactly one process opens a store, so stop that one or talk to it over HTTP")
        }
        self.descriptor = descriptor
        Self.writeHolder(descriptor)
    }

    /// Unlocks before it closes: a child that was forked and has not executed yet holds a copy of the descriptor, and the
    /// lock ends with the last copy unless it is given up.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func readHolder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, 32, 0) }
        guard count > 0, let pid = Int32(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
        else { return "another process" }
        return pid == getpid() ? "this process (\(pid))" : "process \(pid)"
    }

    /// The pid is for people; that it cannot be written (a full disk) is no reason not to open.
    private static func writeHolder(_ descriptor: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func unopened(_ path: String, _ attempted: String, _ problem: Int32) -> StoreError {
        let code: StoreError.Code =
            switch problem {
            case EACCES, EROFS, EPERM: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .inputOutput
            }
        return StoreError(
            code, attempted: attempted,
            cause: "\(path) cannot be written (\(text(problem))); check that its folder exists and is writable")
    }
}

/// The system's words for an error number.
private func text(_ problem: Int32) -> String { String(cString: strerror(problem)) }
#endif
