import Glibc
import LovageWorker

/// Whether a disk has room for one more attempt.
enum DiskRoom {
    /// Least bytes that have to be free: as much as a result may have.
    static let least: UInt64 = 1 << 20
    /// Least files that it has to be possible to make: a folder, the arguments, the result, a log.
    static let leastFiles: UInt64 = 8

    /// What is lacking on the file system of `path`; nil when nothing is, or it cannot be known.
    static func shortage(at path: String) -> MachineTrouble? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return shortage(
            free: UInt64(status.f_bavail) * UInt64(status.f_frsize), files: UInt64(status.f_files),
            freeFiles: UInt64(status.f_favail), at: path)
    }

    /// The same for these figures. File systems that make room for files as they need it say that they have 0.
    static func shortage(free: UInt64, files: UInt64, freeFiles: UInt64, at path: String) -> MachineTrouble? {
        if free < least {
            return MachineTrouble(
                .disk,
                "no space left on the disk of \(path): \(free) bytes are free, and an attempt needs \(least)")
        }
        if files > 0, freeFiles < leastFiles {
            return MachineTrouble(
                .disk,
                "no space left on the disk of \(path): \(freeFiles) more files can be made, and an attempt needs "
                    + "\(leastFiles)")
        }
        return nil
    }
}
