import Glibc

/// Finds the file of a command and says in words why it cannot be started.
enum ExecutablePath {
    /// A name with a slash is a path. A bare name is looked for in the `PATH` of the command's own environment, not
    /// of ours; without one, where POSIX systems keep their tools.
    static func find(_ name: String, environment: [String]) throws(ChildProcess.StartFailure) -> String {
        guard !name.isEmpty else {
            throw ChildProcess.StartFailure(code: 127, reason: "The command names no executable")
        }
        guard !name.utf8.contains(UInt8(ascii: "/")) else { return name }
        let path = environment.first { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw ChildProcess.StartFailure(code: 127, reason: "\(name) was not found in PATH (\(path))")
    }

    static func failure(_ error: CInt, starting path: String) -> ChildProcess.StartFailure {
        switch error {
        case ENOENT where access(path, F_OK) == 0:
            ChildProcess.StartFailure(code: 127, reason: Interpreter.missing(of: path))
        case ENOENT, ENOTDIR:
            ChildProcess.StartFailure(code: 127, reason: "\(path) was not found")
        case EACCES:
            ChildProcess.StartFailure(code: 126, reason: ExecutionDenied.reason(for: path))
        case ENOEXEC:
            ChildProcess.StartFailure(code: 126, reason: "\(path) is neither a program nor a script with a #! line")
        case E2BIG:
            ChildProcess.StartFailure(
                code: 126, reason: "\(path): the arguments and environment are too large for this system")
        default:
            ChildProcess.StartFailure(error, "\(path) could not be started")
        }
    }
}
