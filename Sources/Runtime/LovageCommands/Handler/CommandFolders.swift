#if Commands
import Foundation
import Glibc
public import LovageWorker
import LovageWorkflow
import Synchronization

/// Where a worker keeps what commands need.
public struct CommandFolders: Sendable {
    /// The files of definitions, by content.
    public let files: FileFolders
    /// The private folders of attempts.
    public let scratch: ScratchFolders
    /// The lock files of supervisors.
    public let run: String

    /// Makes the folders `files`, `scratch` and `run` below `parent`, with mode 0700 where they are missing.
    public init(below parent: String) throws(ScriptCache.Problem) {
        for folder in [parent, "\(parent)/scratch", "\(parent)/run", "\(parent)/files"] {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw ScriptCache.Problem(failed: "create", folder)
            }
            if let problem = OwnPlace(folder).problem() { throw ScriptCache.Problem(description: problem) }
        }
        scratch = ScratchFolders(in: "\(parent)/scratch")
        run = "\(parent)/run"
        files = FileFolders(folder: "\(parent)/files", cache: try ScriptCache(folder: "\(parent)/files/by-hash"))
    }

    /// Removes what attempts of an earlier owner left, and the copies of files that may belong to definitions of long ago:
    /// what is needed is copied again. Only while no attempt lives. Answers what is left, one sentence each.
    public func clear() -> [String] { scratch.clear() + files.clear() }

    /// What an attempt would lack in these folders now; nil when nothing.
    public func trouble() -> MachineTrouble? {
        if let shortage = DiskRoom.shortage(at: scratch.folder) { return shortage }
        // Not a name that an attempt has.
        do throws(AttemptScratch.Problem) {
            let probe = try scratch.make(named: "probe", arguments: [UInt8](repeating: 0, count: 4_096))
            _ = scratch.remove(probe)
            return nil
        } catch {
            return MachineTrouble(ofOurs: error.error ?? EIO, error.description)
        }
    }
}

/// Puts the files of one definition side by side under the names the definition gives them, so that a script finds its
/// helpers beside itself. Each is a link to a private copy that `ScriptCache` keeps by its hash: a file that changes
/// elsewhere changes nothing that runs.
public struct FileFolders: Sendable {
    let folder: String
    let cache: ScriptCache

    /// The folder that holds exactly `files` (name → hash). `content` is asked for what is not there yet.
    public func folder(
        of files: [String: String], content: (String) async throws -> [UInt8]
    ) async throws -> String {
        let home = "\(folder)/\(Self.name(of: files))"
        for (path, hash) in files.sorted(by: { $0.key < $1.key }) {
            let kept = try await cache.path(forHash: hash) { try await content(hash) }
            try Self.link(kept, as: path, below: home)
        }
        return home
    }

    /// Removes all copies; answers what is left, one sentence each.
    func clear() -> [String] {
        var problems: [String] = []
        for folder in [folder, "\(folder)/by-hash"] {
            do {
                for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name != "by-hash"
                {
                    if let problem = TreeRemoval.remove("\(folder)/\(name)") { problems.append(problem) }
                }
            } catch {
                problems.append("\(folder) could not be read: \(error.localizedDescription)")
            }
        }
        return problems
    }

    /// Two sets of the same files under the same names share a folder; any difference makes another.
    private static func name(of files: [String: String]) -> String {
        let text = files.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)" }.joined(separator: "\n")
        return String(ScriptCache.hash(of: Array(text.utf8)).prefix(32))
    }

    private static func link(_ kept: String, as path: String, below home: String) throws(ScriptCache.Problem) {
        let parts = StoredName.parts(of: path)
        if let problem = StoredName.problem(with: path) { throw ScriptCache.Problem(description: problem.message) }
        var folder = home
        try makeFolder(folder)
        for part in parts.dropLast() {
            folder += "/\(part)"
            try makeFolder(folder)
        }
        let target = "\(home)/\(path)"
        if isSame(kept, target) { return }
        // A hard link, not a symbolic one: `$(dirname "$0")` and `readlink -f` then both lead to this folder. Made under
        // another name (beside the folder, where it is never too long) and renamed, because other attempts put the same
        // file here at the same time.
        let number = linked.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(home).\(getpid()).\(number)"
        guard Glibc.link(kept, temporary) == 0, rename(temporary, target) == 0 else {
            throw ScriptCache.Problem(failed: "create", target)
        }
        // Renaming one link of a file to another of the same file does nothing, and leaves both.
        unlink(temporary)
    }

    private static let linked = Atomic<Int>(0)

    private static func isSame(_ left: String, _ right: String) -> Bool {
        var first = stat()
        var second = stat()
        return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_ino == second.st_ino
    }

    private static func makeFolder(_ path: String) throws(ScriptCache.Problem) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw ScriptCache.Problem(failed: "create", path) }
    }
}
#endif
