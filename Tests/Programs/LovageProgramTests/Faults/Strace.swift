import Foundation
import Testing

/// `strace` around a program: makes system calls of an unmodified binary fail, wait or kill.
enum Strace {
    /// Where it is, if it is here and may trace; tests that need it are skipped otherwise.
    static let path: String? = {
        let path = "/usr/bin/strace"
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-qq", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync", "true"]
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return nil
        }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? path : nil
    }()

    static let isUsable = path != nil
    /// Why tests that need it are skipped.
    static let absence: Comment = "strace is not installed, or may not trace here"

    /// Runs a program so that its calls of `call` meet `fault`, such as `error=EIO:when=3`; each call and what it met is
    /// written to `log`. Counts are those of one thread. With `paths`, only calls on these files count.
    ///
    /// The tracer is a process beside it (`-D`): the program itself is the one that was started, and ends as itself.
    static func wrapper(_ call: String, _ fault: String, on paths: [URL] = [], log: URL) -> [String] {
        // The filter in the kernel is quicker, but with it no signal is delivered, and calls on a path pass without a fault.
        let isFiltered = paths.isEmpty && !fault.hasPrefix("signal=")
        return [path ?? "strace", "-D", "-f", "-qq"] + (isFiltered ? ["--seccomp-bpf"] : [])
            + ["-o", log.path, "-e", "trace=\(call)", "-e", "inject=\(call):\(fault)"]
            + paths.flatMap { ["-P", $0.path] }
    }

    /// The lines of a log; none while there is no log.
    static func calls(in log: URL) -> [String] {
        let data = FileManager.default.contents(atPath: log.path) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
