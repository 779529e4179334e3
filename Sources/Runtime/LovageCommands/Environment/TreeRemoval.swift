import Foundation
import Glibc

/// Removes a folder with everything in it, also what a script made inaccessible.
enum TreeRemoval {
    /// What could not be removed and why, in one sentence; nil when nothing is left.
    static func remove(_ path: String) -> String? {
        do {
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            guard exists(path) else { return nil }
        }
        // A folder that its owner may not read or write cannot be emptied; its owner may change that.
        unlock(path)
        do {
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            return exists(path) ? "\(path) could not be removed: \(error.localizedDescription)" : nil
        }
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 || errno != ENOENT
    }

    private static func unlock(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        chmod(path, 0o700)
        guard let folder = opendir(path) else { return }
        var names: [String] = []
        while let item = readdir(folder) {
            names.append(
                withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        // Closed before it goes deeper: a deep tree would take all descriptors.
        closedir(folder)
        for name in names where name != "." && name != ".." { unlock("\(path)/\(name)") }
    }
}
