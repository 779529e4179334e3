#if SQLite
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Makes the write-ahead log as long as it becomes before its first checkpoint, while the store is opened.
///
/// A commit that makes a file longer has to bring the new length through the journal of the file system too; one that
/// writes over what is there does not (docs/decisions/0009-a-log-that-has-its-length.md has the figures). SQLite reads a
/// log no further than to the first frame whose salt is not the header's, and a header of zeros as an empty log
/// (https://www.sqlite.org/fileformat2.html#the_write_ahead_log), so that zeros behind the last frame mean nothing.
enum LogSpace {
    /// Frames after which the log is moved into the file: some 16 MiB. Larger logs made reads slower and nothing faster.
    static let frames = 4_096
    /// A frame is its header and a page; the log's own header comes before the first.
    static let bytes = 32 + frames * (24 + 4_096)

    /// Fills the log of the database at `path` up with zeros. Only for who holds the file, before anybody commits. Where
    /// the disk has no room, the log stays as it is: it then grows as SQLite needs it, and says so itself.
    static func reserve(besides path: String) {
        let descriptor = open(path + "-wal", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let found = Int(lseek(descriptor, 0, SEEK_END))
        guard found >= 0, !fill(descriptor, from: found) else { return }
        _ = ftruncate(descriptor, off_t(found))
    }

    private static func fill(_ descriptor: Int32, from found: Int) -> Bool {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var end = found
        while end < bytes {
            let count = zeros.withUnsafeBytes { write(descriptor, $0.baseAddress, min($0.count, bytes - end)) }
            guard count > 0 else { return false }
            end += count
        }
        return found == end || fdatasync(descriptor) == 0
    }
}
#endif
