import CLovageSupervision
import Glibc

/// The hidden mode of the `lovage` binary that stands between a worker and one command.
///
/// Why a process of its own: when a worker is killed nothing in it can tidy up, and the kernel's parent-death signal
/// fires when the *thread* that spawned ends. The supervisor holds the read end of a pipe whose only write end is the
/// worker's; however the worker ends, that pipe closes, and the supervisor ends the tree. As a subreaper it becomes
/// the parent of everything the command leaves behind, double forks and new sessions included, so that "nothing
/// left" is what `waitpid` says and not a guess.
///
/// The order of its first steps matters: it takes its lock, and only then looks whether the worker still lives, and
/// only then starts the command. A worker that died before leaves no command; one that dies later leaves a lock
/// that the next owner of the store sees and waits for (`Remnants`).
public enum Supervisor {
    /// The subcommand that selects this mode.
    public static let subcommand = "__supervise"

    /// Runs one command as told on standard input and exits when nothing of it is left. Exit status 0 says that the
    /// end was reported, 2 that there was no usable order.
    public static func main(arguments: [String]) -> Never {
        signal(SIGPIPE, SIG_IGN)
        // An ignored SIGCHLD, inherited, would take the exit status away from us.
        signal(SIGCHLD, SIG_DFL)
        // A supervisor must not keep a file system busy.
        guard chdir("/") == 0 else { exit(2) }
        guard let order = readOrder() else { exit(2) }
        guard lovage_become_subreaper() == 0 else {
            refuse("The supervisor could not become a subreaper", errno)
        }
        guard let lock = SupervisorLock.take(order.lockPath) else {
            refuse("The supervisor could not lock \(order.lockPath)", errno)
        }
        guard isParentAlive() else {
            lock.release()
            exit(2)
        }
        var loop = SupervisorLoop(order)
        loop.run()
        lock.release()
        loop.report()
        exit(0)
    }

    private static func readOrder() -> SupervisorOrder? {
        guard let length = readExactly(8) else { return nil }
        var header = FieldReader(length)
        guard let count = try? header.number(), count >= 0, count < 1 << 31,  // no length, no order: exit code 2
            let bytes = readExactly(Int(count))
        else { return nil }
        return try? SupervisorOrder(decoding: bytes)  // the same
    }

    private static func readExactly(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { read(0, $0.baseAddress?.advanced(by: filled), count - filled) }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    private static func isParentAlive() -> Bool {
        var control = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&control, 1, 0) == 0 || control.revents & Int16(POLLHUP) == 0
    }

    /// Nothing of the command was looked at yet: what stands in the way is the machine's.
    private static func refuse(_ attempted: String, _ error: CInt) -> Never {
        let refusal = CommandEnd.Exit.notStarted(code: 126, reason: "\(attempted): \(describe(error))")
        let frame = SupervisorFrame.ended(CommandEnd(exit: refusal, machineError: error)).encoded()
        _ = write(1, frame, frame.count)
        exit(0)
    }
}
