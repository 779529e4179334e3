import Glibc

/// Why the system may refuse to execute a file: it answers EACCES for each of these.
enum ExecutionDenied {
    /// The reason, in one sentence.
    static func reason(for path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "\(path) may not be executed (check the modes of its folders)" }
        if status.st_mode & S_IFMT == S_IFDIR { return "\(path) is a folder, not a program" }
        guard status.st_mode & 0o111 != 0 else { return "\(path) may not be executed (check its mode)" }
        if isOnNoexec(path) {
            return
                "\(path) lies on a file system that is mounted noexec, so that nothing on it may be executed: mount it "
                + "without noexec, put the data folder (--data) on another one, or name the interpreter first "
                + "(run: [sh, …])"
        }
        guard let interpreter = interpreter(of: path) else {
            return "\(path) may not be executed (check its mode)"
        }
        if stat(interpreter, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            return "\(path) names the interpreter (#!) \(interpreter), which is a folder"
        }
        if isOnNoexec(interpreter) {
            return
                "\(path) names the interpreter (#!) \(interpreter), which lies on a file system that is mounted noexec"
        }
        return "\(path) may not be executed (check its mode, and that of its interpreter \(interpreter))"
    }

    private static func isOnNoexec(_ path: String) -> Bool {
        var status = statvfs()
        // ST_NOEXEC, a macro behind _GNU_SOURCE that Swift does not see.
        return statvfs(path, &status) == 0 && status.f_flag & 8 != 0
    }

    /// What the first line names after `#!`; nil when it names nothing.
    private static func interpreter(of path: String) -> String? {
        let name = Interpreter(beginning: SmallFile.read(path, limit: 256) ?? [])?.name ?? ""
        return name.isEmpty ? nil : name
    }
}
