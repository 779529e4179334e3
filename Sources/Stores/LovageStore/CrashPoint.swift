#if DEBUG
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#endif

/// Named places where a test kills the process as a crash would: nothing after the place runs, nothing is flushed.
///
/// In debug builds `LOVAGE_CRASH_AT=claim.after_commit:3` kills the process when it passes that place for the third
/// time, and `LOVAGE_CRASH_COUNT=FILE` appends the name of every place that is passed to a file, a line each. A release
/// build has neither: `pass` is empty there, and nothing reads the two variables.
package enum CrashPoint {
    /// Says that the process is at the place `name`, which is one of `CrashPlan.places`.
    @inlinable
    package static func pass(_ name: @autoclosure () -> StaticString) {
        #if DEBUG
        CrashPlan.ofThisProcess?.pass(name().description)
        #endif
    }
}

/// What a transaction has done, for the two places around its commit: `NAME.before_commit`, when everything is written
/// and nothing is stored, and `NAME.after_commit`, when it is stored and nobody was told. Empty in a release build.
package struct CommitMarks {
    #if DEBUG
    private var names: Set<String> = []
    #endif

    /// Nothing was done.
    package init() {}

    /// Says that the transaction has done what `name` says, which is one of `CrashPlan.commits`; nil for nothing.
    @inlinable
    package mutating func add(_ name: @autoclosure () -> StaticString?) {
        #if DEBUG
        if CrashPlan.ofThisProcess != nil, let name = name() { insert(name.description) }
        #endif
    }

    /// The commit comes next.
    @inlinable
    package func passBeforeCommit() {
        #if DEBUG
        passAll(".before_commit")
        #endif
    }

    /// The commit is done; the next transaction begins with nothing.
    @inlinable
    package mutating func passAfterCommit() {
        #if DEBUG
        passAll(".after_commit")
        clear()
        #endif
    }

    #if DEBUG
    package mutating func insert(_ name: String) { names.insert(name) }
    package mutating func clear() { names = [] }
    package func passAll(_ suffix: String) {
        for name in names.sorted() { CrashPlan.ofThisProcess?.pass(name + suffix) }
    }
    #endif
}

#if DEBUG
/// Where this process is to be killed, and where its passes are counted, as its environment says.
package final class CrashPlan: Sendable {
    /// What a transaction may have done; each has a place before and one after its commit.
    package static let commits = [
        "cancel", "cancel_run", "claim", "complete", "define", "fail", "promote", "purge", "register", "renew",
        "retire", "retry", "retry_by_hand", "start_run", "submit", "sweep",
    ]
    /// Places between two lines.
    package static let places = [
        "answer.before_send", "attempt.mid", "cancel_run.mid", "close.before_checkpoint", "command.after_end",
        "command.after_start", "fan_in.after_member", "fan_in.before_next_step", "fan_out.mid", "migrate.after_step",
        "migrate.mid", "promote.mid", "purge.mid", "retire.mid", "sweep.mid", "worker.after_claim",
        "worker.after_run", "worker.before_report", "worker.before_run",
    ]
    /// Every name that can be asked for.
    package static let all = (places + commits.flatMap { ["\($0).before_commit", "\($0).after_commit"] }).sorted()

    /// What the environment asks for, read once; nil when it asks for nothing, or for what there is not.
    package static let ofThisProcess: CrashPlan? = {
        guard case .success(let plan) = requested else { return nil }
        return plan
    }()

    /// The same, with what is wrong with it: a program says so before it starts.
    package static let requested: Result<CrashPlan?, Unusable> = Result { () throws(Unusable) in
        try CrashPlan(at: variable("LOVAGE_CRASH_AT"), countingIn: variable("LOVAGE_CRASH_COUNT"))
    }

    /// What was asked for cannot be done.
    package struct Unusable: Error, CustomStringConvertible {
        /// One sentence or two.
        package let description: String
    }

    private let target: String?
    private let fatalPass: Int
    private let passes = Atomic(0)
    private let count: Int32?

    /// Reads `NAME` or `NAME:PASS`, and opens the file to count in; nil when neither is given.
    init?(at text: String?, countingIn path: String?) throws(Unusable) {
        if text == nil, path == nil { return nil }
        let parts = text?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        target = parts.first.map(String.init)
        if let target, !Self.all.contains(target) {
            throw Unusable(
                description:
                    "LOVAGE_CRASH_AT: there is no place '\(target)'; there are \(Self.all.joined(separator: ", "))"
            )
        }
        guard parts.count < 3, let pass = parts.count == 2 ? Int(parts[1]) : 1, pass > 0 else {
            throw Unusable(description: "LOVAGE_CRASH_AT: '\(text ?? "")' is not NAME or NAME:PASS with a PASS from 1")
        }
        fatalPass = pass
        guard let path else {
            count = nil
            return
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Unusable(
                description: "LOVAGE_CRASH_COUNT: \(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        count = descriptor
    }

    /// The process is at the place `name`; this does not return when it is where the process is to be killed.
    package func pass(_ name: String) {
        precondition(Self.all.contains(name), "\(name) is not in the list of crash points")
        if let count {
            // One write in append mode, so that it is whole, and in the kernel's hands before the kill.
            let line = Array("\(name)\n".utf8)
            let written = write(count, line, line.count)
            precondition(written == line.count, "a pass that is not counted would make a run void")
        }
        guard name == target, passes.add(1, ordering: .relaxed).newValue == fatalPass else { return }
        kill(getpid(), SIGKILL)
        // Nothing more may happen on this thread while the others are being stopped.
        while true { pause() }
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
#endif
