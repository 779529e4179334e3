import Glibc
public import LovageCore

/// The private folder of one attempt (mode 0700): the arguments for the command to read, a place for its result, and
/// room for files of its own. It is removed with everything in it when the attempt has ended.
public struct AttemptScratch: Sendable, Equatable {
    /// Why a folder cannot be used or a result cannot be taken, in one sentence.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// The sentence.
        public let description: String
        /// The system's error number; nil when the trouble is of another sort.
        var error: Int32?
    }

    /// The folder itself.
    public let folder: String
    /// The file that holds the job's arguments as JSON, as they were sent.
    public var argumentsFile: String { "\(folder)/arguments.json" }
    /// The file the command may write its result to, as JSON.
    public var resultFile: String { "\(folder)/result.json" }

    /// Makes the folder `name` in `parent`, and the parent if need be. Remains of an earlier one are removed.
    public static func create(
        named name: String, in parent: String, arguments: [UInt8]
    ) throws(Problem) -> AttemptScratch {
        let scratch = AttemptScratch(folder: "\(parent)/\(name)")
        scratch.remove()
        try makeFolder(parent)
        try makeFolder(scratch.folder)
        do throws(Problem) {
            try scratch.write(arguments)
            return scratch
        } catch {
            // No attempt will own it.
            scratch.remove()
            throw error
        }
    }

    private func write(_ arguments: [UInt8]) throws(Problem) {
        let file = open(argumentsFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Problem(failed: "create", argumentsFile) }
        defer { close(file) }
        guard WholeFile.write(arguments, to: file) else { throw Problem(failed: "write", argumentsFile) }
    }

    /// The result the command wrote, nil if it wrote none. It is read only if it is a plain file, JSON, and within
    /// `limits` (1 MiB by default); anything else is a problem, because half a result must not pass for one.
    public func readResult(limits: JSONLimits = .result) throws(Problem) -> JSONText? {
        // The command may have put anything here: a link out of the folder, or a pipe that never ends.
        let file = open(resultFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw Problem(failed: errno, "The result ($LOVAGE_RESULT) cannot be read")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Problem(description: "The result ($LOVAGE_RESULT) is not a plain file")
        }
        guard status.st_size <= limits.maxBytes else {
            let sizes = "has \(status.st_size) bytes; at most \(limits.maxBytes) are taken"
            throw Problem(description: "The result ($LOVAGE_RESULT) \(sizes)")
        }
        guard let bytes = SmallFile.read(file, limit: limits.maxBytes) else {
            throw Problem(failed: errno, "The result ($LOVAGE_RESULT) cannot be read")
        }
        // `touch`, an empty redirection and `echo` of nothing say "no result", not "broken JSON".
        guard !bytes.allSatisfy({ " \t\r\n".utf8.contains($0) }) else { return nil }
        do throws(JSONError) {
            return try JSONText(validating: bytes, limits: limits)
        } catch {
            throw Problem(description: "The result ($LOVAGE_RESULT) is not valid JSON: \(error)")
        }
    }

    /// Removes the folder; answers what could not be removed, in one sentence. The attempt's outcome does not depend on it.
    @discardableResult public func remove() -> String? { TreeRemoval.remove(folder) }

    private static func makeFolder(_ path: String) throws(Problem) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Problem(failed: "create", path) }
    }
}

extension AttemptScratch.Problem {
    init(failed verb: String, _ path: String) {
        self.init(failed: errno, "Could not \(verb) \(path)")
    }

    init(failed error: Int32, _ attempted: String) {
        description = "\(attempted): \(describe(error))"
        self.error = error
    }
}

/// Writes a file's whole content.
enum WholeFile {
    /// False, with `errno` set, if not everything could be written.
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
