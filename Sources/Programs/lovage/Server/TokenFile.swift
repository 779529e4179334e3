import Foundation
import LovageCore

/// A file with the text of a token, for its owner's eyes only.
struct TokenFile: Sendable {
    let path: String

    /// Its name in a data folder.
    static let name = "token"
    /// More than any token has.
    private static let mostBytes = 1_024

    /// Reads it. What it holds is never shown, whatever it is.
    func read() throws(CommandFailure) -> TokenText {
        let text: String
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            // It was only read.
            defer { try? handle.close() }
            text = String(decoding: try handle.read(upToCount: Self.mostBytes) ?? Data(), as: UTF8.self)
        } catch {
            throw .usage("the token file '\(Harmless.line(path))' cannot be read: \(error.localizedDescription)")
        }
        guard let token = TokenText(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw .usage(
                "the token file '\(Harmless.line(path))' holds no token: put in what 'lovage token create' printed")
        }
        return token
    }

    /// Writes it whole or not at all, readable for its owner only.
    func keep(_ token: TokenText) throws(CommandFailure) {
        let new = path + ".new"
        // One of a start that was killed; it was nobody's token yet.
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritten(String(cString: strerror(errno))) }
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data((token.text + "\n").utf8))
            try handle.synchronize()
            try handle.close()
        } catch {
            throw unwritten(error.localizedDescription)
        }
        guard rename(new, path) == 0 else { throw unwritten(String(cString: strerror(errno))) }
    }

    private func unwritten(_ cause: String) -> CommandFailure {
        .usage("the token file '\(Harmless.line(path))' cannot be written: \(cause)")
    }
}
