import CLovageSupervision
import Glibc
import LovageWorker

/// Starts the command's main process with `posix_spawn`: in a process group of its own, in the given folder, with no
/// descriptor but 0, 1 and 2, and with the signals, limits and mask of new files that the server was started with.
struct ChildProcess {
    /// The command could not be started; the code is the one a shell would answer (126 or 127).
    struct StartFailure: Error, Equatable {
        var code: Int32
        var reason: String
        /// The system's error number when that is the machine's trouble and not the command's.
        var machineError: CInt?
    }

    let id: pid_t
    /// Our ends of its standard input, output and error; non-blocking. Without one for its error both go through output.
    let input: CInt
    let output: CInt
    let error: CInt?

    static func start(_ order: SupervisorOrder) throws(StartFailure) -> ChildProcess {
        let path = try ExecutablePath.find(order.executable, environment: order.environment)
        try requireFolder(order.workingDirectory)
        let input = try makePipe()
        let output = try makePipe()
        let error = try order.mergesStreams ? nil : makePipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        lovage_spawn_in(&actions, order.workingDirectory)
        posix_spawn_file_actions_adddup2(&actions, input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, (error ?? output).write, 2)
        lovage_spawn_without_descriptors_from(&actions, 3)
        let (id, failure) = spawn(path, order, &actions)
        for end in [input.read, output.write, error?.write].compactMap(\.self) { close(end) }
        let ours = [input.write, output.read, error?.read].compactMap(\.self)
        guard failure == 0 else {
            for end in ours { close(end) }
            throw ExecutablePath.failure(failure, starting: path)
        }
        for end in ours { makeNonBlocking(end) }
        return ChildProcess(id: id, input: input.write, output: output.read, error: error?.read)
    }

    private static func spawn(
        _ path: String, _ order: SupervisorOrder, _ actions: inout posix_spawn_file_actions_t
    ) -> (id: pid_t, failure: CInt) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var defaults = sigset_t()
        sigfillset(&defaults)
        if let start = order.start {
            for number in ProcessStart.signals(start.ignored) { sigdelset(&defaults, number) }
            start.ignoreSignals()
            start.take()
        }
        // Whatever the command may open, a supervisor may open what it needs.
        defer { if order.start != nil { _ = DescriptorLimit.raise() } }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments = CStrings([path] + order.arguments)
        var environment = CStrings(order.environment)
        defer {
            arguments.free()
            environment.free()
        }
        var id: pid_t = 0
        var failure = ETXTBSY
        var tries = 0
        // "Text file busy": a script that the worker wrote a moment ago may still be open for writing in a process that
        // the worker forked meanwhile and that has not yet reached its exec. That passes within milliseconds.
        while failure == ETXTBSY, tries < Self.mostTries {
            if tries > 0 { usleep(5_000) }
            failure = posix_spawn(&id, path, &actions, &attributes, &arguments.pointers, &environment.pointers)
            tries += 1
        }
        return (id, failure)
    }

    /// One second in all.
    private static let mostTries = 200

    private static func requireFolder(_ path: String) throws(StartFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw StartFailure(errno, "The working directory \(path)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StartFailure(code: 126, reason: "The working directory \(path) is not a directory")
        }
    }

    private static func makePipe() throws(StartFailure) -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        guard lovage_pipe(&ends) == 0 else {
            throw StartFailure(errno, "No pipe for the command")
        }
        return (ends[0], ends[1])
    }
}

extension ChildProcess.StartFailure {
    /// A call of the system for the command failed.
    init(_ error: CInt, _ attempted: String) {
        self.init(
            code: 126, reason: "\(attempted): \(describe(error))",
            machineError: MachineTrouble.resource(of: error) == nil ? nil : error)
    }
}

/// An array of C strings for `posix_spawn`, nil at its end.
private struct CStrings {
    var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { strdup($0) } + [nil]
    }

    mutating func free() {
        for pointer in pointers { Glibc.free(pointer) }
        pointers = []
    }
}

/// Lets reads and writes answer EAGAIN instead of waiting.
func makeNonBlocking(_ descriptor: CInt) {
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
}

/// The system's words for an error number.
func describe(_ error: CInt) -> String {
    String(cString: strerror(error))
}
