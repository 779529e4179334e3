import Glibc

/// The file by which a supervisor is known to whoever owns the store next. The supervisor holds an exclusive lock on
/// it from before its command starts until its whole tree is gone; the kernel drops the lock with the process, so
/// "is anybody still running?" never rests on a process id alone. The content (id, start time) is for ending one.
struct SupervisorLock {
    static let suffix = ".supervisor"

    let path: String
    private let descriptor: CInt

    /// Creates the file and takes the lock; nil if another process holds it or the folder cannot be written.
    static func take(_ path: String) -> SupervisorLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        let lock = SupervisorLock(path: path, descriptor: descriptor)
        guard lock.record() else {
            lock.release()
            return nil
        }
        return lock
    }

    /// Removes the file, then drops the lock: whoever sees the file unlocked sees a supervisor that died.
    func release() {
        unlink(path)
        close(descriptor)
    }

    /// Writes who holds it.
    private func record() -> Bool {
        guard let own = ProcessTable.entry(of: getpid()) else { return false }
        let line = Array("\(own.id) \(own.started)\n".utf8)
        return ftruncate(descriptor, 0) == 0 && write(descriptor, line, line.count) == line.count
    }

    /// What a lock file says, and whether its supervisor lives.
    struct Holder: Equatable {
        var isAlive: Bool
        var id: pid_t
        var started: UInt64
    }

    /// Looks at a lock file; nil if it is gone.
    static func holder(of path: String) -> Holder? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        // Closing drops a lock that was taken by looking.
        defer { close(descriptor) }
        let isAlive = flock(descriptor, LOCK_SH | LOCK_NB) != 0
        let words = String(decoding: SmallFile.read(descriptor, limit: 100) ?? [], as: UTF8.self).split {
            $0.isWhitespace
        }
        guard words.count == 2, let id = pid_t(words[0]), let started = UInt64(words[1]) else {
            return Holder(isAlive: isAlive, id: 0, started: 0)
        }
        return Holder(isAlive: isAlive, id: id, started: started)
    }
}
