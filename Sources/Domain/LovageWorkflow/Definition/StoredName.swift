/// The name of a file that is stored with a command: its path below the folder of the definition, spelt in one way.
///
/// A path is what the kernel takes it for: bytes between slashes, whatever characters they make together.
public enum StoredName {
    /// Longest part of a path that file systems take, in bytes.
    public static let longestPart = 255
    /// Longest whole name in bytes; what remains of the kernel's 4,096 is for the worker's own folder.
    public static let longest = 1_024

    /// `./s//run.sh` and `s/./run.sh` as `s/run.sh`. What may not be stored stays as it is, so that it is refused as it
    /// was written.
    public static func normalised(_ path: String) -> String {
        guard path.utf8.first != slash, path.utf8.last != slash else { return path }
        let parts = parts(of: path).filter { $0 != "." }
        return parts.isEmpty ? path : parts.joined(separator: "/")
    }

    /// The parts of a path, without empty ones.
    public static func parts(of path: String) -> [String] {
        path.utf8.split(separator: slash).map { String(Substring($0)) }
    }

    /// The folders that a stored file stands in: `a/b` has `a`, `a/b/c` has `a` and `a/b`.
    static func folders(of name: String) -> [String] {
        let parts = parts(of: name)
        return parts.indices.dropFirst().map { parts[..<$0].joined(separator: "/") }
    }

    /// Why no file can be stored under this normalised name; nil when one can.
    public static func problem(with name: String) -> (message: String, hint: String)? {
        let shown = name.count > 60 ? "\(name.prefix(60))…" : name
        let parts = parts(of: name)
        guard !parts.isEmpty, name.utf8.first != slash, name.utf8.last != slash, !name.utf8.contains(0),
            !parts.contains("..")
        else {
            return (
                "'\(shown)' is not below the folder of the definition",
                "name stored files relative to it, without '..'"
            )
        }
        if let part = parts.first(where: { $0.utf8.count > longestPart }) {
            return (
                "'\(shown)' has a part of \(part.utf8.count) bytes, at most \(longestPart) are possible",
                "give the file a shorter name"
            )
        }
        guard name.utf8.count <= longest else {
            return (
                "'\(shown)' has \(name.utf8.count) bytes, at most \(longest) are possible",
                "give the file a shorter path"
            )
        }
        return nil
    }

    /// True when a path leads into a folder: a program without one is looked up in PATH.
    static func hasFolder(_ path: String) -> Bool { path.utf8.contains(slash) }

    private static let slash = UInt8(ascii: "/")
}
