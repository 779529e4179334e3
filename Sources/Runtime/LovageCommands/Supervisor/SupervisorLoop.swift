import CLovageSupervision
import Glibc

/// The one loop of a supervisor: no threads, one `poll` over the worker's pipe, the signals, the command's three
/// streams and our own output. `SupervisionPlan` decides, this obeys.
struct SupervisorLoop {
    private let order: SupervisorOrder
    private var plan: SupervisionPlan
    private var exit: CommandEnd.Exit = .unknown
    private var machineError: Int32?
    private var mainID: pid_t = 0
    private var leftBehind = 0
    private var control: CInt = 0
    private let signals: CInt
    private var input: CommandInput
    private var streams: [CommandStream] = []
    private var outbox = Outbox()

    init(_ order: SupervisorOrder) {
        self.order = order
        let now = Self.now()
        plan = SupervisionPlan(
            softLimit: order.softLimitMilliseconds < 0 ? nil : now + order.softLimitMilliseconds,
            hardLimit: order.hardLimitMilliseconds < 0 ? nil : now + order.hardLimitMilliseconds,
            grace: order.graceMilliseconds)
        let caught = [SIGCHLD, SIGTERM, SIGINT, SIGHUP]
        signals = lovage_signal_descriptor(caught, CInt(caught.count))
        input = CommandInput(descriptor: -1, bytes: [])
    }

    /// Starts the command and returns when nothing of it is left.
    mutating func run() {
        makeNonBlocking(control)
        makeNonBlocking(1)
        do {
            let child = try ChildProcess.start(order)
            mainID = child.id
            outbox.put(.started)
            // At once: a command may kill us, and has started nevertheless.
            outbox.flush()
            input = CommandInput(descriptor: child.input, bytes: order.standardInput)
            let limit = Int(order.outputLimit)
            streams = [CommandStream(.standardOutput, descriptor: child.output, limit: limit)]
            if let error = child.error {
                streams.append(CommandStream(.standardError, descriptor: error, limit: limit))
            }
        } catch {
            exit = .notStarted(code: error.code, reason: error.reason)
            machineError = error.machineError
            return
        }
        while plan.phase != .finished { turn() }
        input.close()
        for index in streams.indices { streams[index].drain(into: &outbox) }
    }

    /// Sends the end after all output, and waits until the worker has taken it: it closes its pipe then. A worker
    /// that reads slowly is waited for; nothing of the command is left by now.
    mutating func report() {
        for index in streams.indices { streams[index].finish(into: &outbox) }
        outbox.put(.ended(end))
        while !outbox.isEmpty {
            wait(for: [pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)], until: nil)
            outbox.flush()
        }
        while control >= 0 {
            wait(for: [pollfd(fd: control, events: Int16(POLLIN), revents: 0)], until: nil)
            readControl()
        }
    }

    private var end: CommandEnd {
        CommandEnd(
            exit: exit, cause: plan.cause, leftBehind: leftBehind,
            standardOutput: streams.first?.totals ?? OutputTotals(),
            standardError: streams.dropFirst().first?.totals ?? OutputTotals(), machineError: machineError)
    }

    private mutating func turn() {
        var watched = [
            pollfd(fd: control, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input.descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outbox.isEmpty ? -1 : 1, events: Int16(POLLOUT), revents: 0),
        ]
        for stream in streams {
            // A worker that does not keep up slows the command down, but only while its output is passed on.
            let isReadable = !outbox.isFull || stream.isHeadFull
            watched.append(pollfd(fd: isReadable ? stream.descriptor : -1, events: Int16(POLLIN), revents: 0))
        }
        watched = wait(for: watched, until: plan.nextMoment)
        if watched[2].revents != 0 { input.write() }
        for index in streams.indices where watched[4 + index].revents != 0 { streams[index].read(into: &outbox) }
        if !outbox.isEmpty { outbox.flush() }
        if watched[1].revents != 0 { readSignals() }
        if watched[0].revents != 0 { readControl() }
        if let moment = plan.nextMoment, moment <= Self.now() { tell(.clock) }
    }

    private mutating func readSignals() {
        while true {
            switch lovage_next_signal(signals) {
            case 0: return
            case SIGCHLD: reap()
            default: tell(.requested)
            }
        }
    }

    /// Anything the worker writes after the order asks for the end; the end of the pipe means the worker is gone.
    private mutating func readControl() {
        var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        let count = read(control, &bytes, bytes.count)
        if count > 0 {
            tell(.requested)
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            control = -1
            tell(.parentGone)
        }
    }

    /// Collects everything that has ended. With no child left there is no descendant left: an orphan would be ours.
    private mutating func reap() {
        var status: CInt = 0
        while true {
            let id = waitpid(-1, &status, WNOHANG)
            if id < 0 && errno == EINTR { continue }
            if id < 0 {
                tell(.treeEmpty)
                return
            }
            if id == 0 { return }
            if id == mainID { mainEnded(status) }
        }
    }

    private mutating func mainEnded(_ status: CInt) {
        let signal = status & 0x7f
        exit = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
        mainID = 0
        input.close()
        // Zombies whose turn to be reaped comes next are not counted.
        leftBehind = ProcessTable().descendants(of: getpid()).count
        if leftBehind > 0 { tell(.mainExited) }
    }

    private mutating func tell(_ event: SupervisionPlan.Event) {
        switch plan.handle(event, at: Self.now()) {
        case .terminateTree: Self.signalTree(SIGTERM)
        case .killTree:
            Self.signalTree(SIGKILL)
            Self.chase()
        case nil: return
        }
        // A kill may have been the last act: the tree can be empty without another SIGCHLD for us.
        if plan.phase != .finished { reap() }
    }

    /// Signals whole groups first, because a fork cannot slip through `kill` of its group, then what stands alone.
    private static func signalTree(_ signal: CInt) {
        let own = getpid()
        let tree = ProcessTable().descendants(of: own)
        let groups = Set(tree.map(\.group)).filter { $0 > 1 && $0 != getpgrp() }
        // A group is known to be ours when its leader or a member is a descendant.
        for group in groups { kill(-group, signal) }
        for process in tree where !groups.contains(process.group) { kill(process.id, signal) }
    }

    /// Kills descendants one by one as they are found, and looks again at once while that finds new ones.
    ///
    /// Processes that fork without end make new ones while a table is read. But one that is to be killed forks no more, and
    /// until it is reaped it keeps its place under a limit of processes: so nothing is reaped before a look has found nobody
    /// new, or a bomb at its limit would fill the places of the dead for ever.
    private static func chase() {
        var killed: Set<ProcessTable.Mark> = []
        for _ in 0..<Self.mostLooks {
            let before = killed.count
            ProcessTable.visitDescendants(of: getpid()) { process in
                if killed.insert(process.mark).inserted { kill(process.id, SIGKILL) }
            }
            if killed.count == before { return }
        }
    }

    /// A bomb that no limit holds may never be caught up with; then the loop takes its turn, and tries again.
    private static let mostLooks = 100

    @discardableResult
    private func wait(for descriptors: [pollfd], until moment: Int64?) -> [pollfd] {
        var descriptors = descriptors
        let timeout = moment.map { CInt(clamping: max($0 - Self.now(), 0)) } ?? -1
        if poll(&descriptors, nfds_t(descriptors.count), timeout) < 0 {
            // Interrupted: nothing is known to be ready.
            for index in descriptors.indices { descriptors[index].revents = 0 }
        }
        return descriptors
    }

    /// Milliseconds on the monotonic clock.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
