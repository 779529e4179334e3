import Foundation
import Synchronization

/// The private folders of attempts below one folder: makes them, removes them, and sees that none stays behind.
public final class ScratchFolders: Sendable {
    /// The folder they lie in.
    public let folder: String
    /// What could not be removed yet; tried again with the next one that ends.
    private let left = Mutex<Set<String>>([])
    /// Most names that are kept: what is past them is found by the next start.
    private static let mostLeft = 1_000

    /// Folders below `folder`, which must exist.
    public init(in folder: String) { self.folder = folder }

    func make(named name: String, arguments: [UInt8]) throws(AttemptScratch.Problem) -> AttemptScratch {
        try AttemptScratch.create(named: name, in: folder, arguments: arguments)
    }

    /// Removes the folder of an attempt that is over, and what could not be removed before; answers what is left, one
    /// sentence each.
    func remove(_ scratch: AttemptScratch) -> [String] {
        let paths = left.withLock { left in
            defer { left = [] }
            return left.union([scratch.folder])
        }
        return remove(paths.sorted())
    }

    /// Removes everything: only while no attempt lives. Answers what is left, one sentence each.
    public func clear() -> [String] {
        do {
            return remove(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" })
        } catch {
            return ["\(folder) could not be read: \(error.localizedDescription)"]
        }
    }

    private func remove(_ paths: [String]) -> [String] {
        var problems: [String] = []
        for path in paths {
            guard let problem = TreeRemoval.remove(path) else { continue }
            problems.append(problem)
            left.withLock { if $0.count < Self.mostLeft { $0.insert(path) } }
        }
        return problems
    }
}
