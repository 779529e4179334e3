import Crypto
import Glibc
import LovageWorkflow

/// The worker's private copies of scripts, named by the SHA-256 of their content. What runs is what the definition's
/// hash says, whatever happens to files elsewhere; and a copy that was changed is noticed and replaced before use.
public struct ScriptCache: Sendable {
    /// Why a script cannot be kept, in one sentence.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// The sentence.
        public let description: String
        /// The system's error number; nil when the trouble is of another sort.
        var error: Int32?

        /// A problem in one sentence, for those who provide content.
        public init(description: String) {
            self.description = description
        }
    }

    private let folder: String

    /// Keeps copies in `folder`, made with mode 0700 if it is missing.
    public init(folder: String) throws(Problem) {
        self.folder = folder
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Problem(failed: "create", folder) }
        // Of links, only those this user or root made are followed.
        if let problem = OwnPlace(folder).problem() { throw Problem(description: problem) }
        guard chmod(folder, 0o700) == 0 else { throw Problem(failed: "protect", folder) }
    }

    /// The hash by which a script is known: SHA-256 in lower-case hexadecimal.
    public static func hash(of content: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: content).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The path of an executable copy (mode 0500) with that hash. `content` is asked for only when there is no
    /// intact copy, and must have the hash. Throws a `Problem`, or what `content` throws.
    public func path(forHash hash: String, content: () async throws -> [UInt8]) async throws -> String {
        // A name that is not a hash could lead out of the folder.
        guard hash.utf8.count == 64, hash.utf8.allSatisfy({ Self.isHexadecimal($0) }) else {
            throw Problem(description: "\(hash) is not a SHA-256 in lower-case hexadecimal")
        }
        let path = "\(folder)/\(hash)"
        if isIntact(path, hash) { return path }
        let content = try await content()
        guard content.count <= Self.largest else {
            throw Problem(description: "A script has \(content.count) bytes; at most \(Self.largest) are taken")
        }
        let actual = Self.hash(of: content)
        guard actual == hash else {
            throw Problem(description: "A script should have the hash \(hash) but has \(actual)")
        }
        try write(content, hash, to: path)
        return path
    }

    private static let largest = CommandDefinition.mostFileBytes

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private func isIntact(_ path: String, _ hash: String) -> Bool {
        guard let kept = SmallFile.read(path, limit: Self.largest + 1) else { return false }
        return Self.hash(of: kept) == hash && access(path, X_OK) == 0
    }

    /// Under a temporary name first: a half-written script never has the name by which it would be run. Whoever comes
    /// first gives it the name, so that attempts which start at the same moment share one file and none is pulled away
    /// under another. Only a file that was changed is replaced; if a command runs it, it lives on until that has ended.
    private func write(_ content: [UInt8], _ hash: String, to path: String) throws(Problem) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { throw Problem(failed: "create a file in", folder) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isWritten = WholeFile.write(content, to: file) && fchmod(file, 0o500) == 0 && fsync(file) == 0
        close(file)
        defer { unlink(temporary) }
        guard isWritten else { throw Problem(failed: "write", path) }
        if link(temporary, path) == 0 || isIntact(path, hash) { return }
        guard rename(temporary, path) == 0 else { throw Problem(failed: "write", path) }
    }
}

extension ScriptCache.Problem {
    init(failed verb: String, _ path: String) {
        error = errno
        description = "Could not \(verb) \(path): \(describe(errno))"
    }
}
