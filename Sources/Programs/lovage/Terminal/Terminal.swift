import Foundation

/// What the program writes to, and what is known of it.
struct Terminal: Sendable {
    /// True when people look at standard output.
    let isInteractive: Bool
    /// Which styles are used.
    let palette: Palette
    /// Its columns; nil off a terminal.
    let width: Int?
    /// Its lines; 24 where it does not say.
    let height: Int

    /// What standard output is now.
    static func current(environment: [String: String] = ProcessInfo.processInfo.environment) -> Terminal {
        let isInteractive = isatty(STDOUT_FILENO) == 1
        let size = windowSize()
        let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Terminal(
            isInteractive: isInteractive,
            palette: Palette(isColored: isInteractive && !noColor && environment["TERM"] != "dumb"),
            width: isInteractive ? size.columns : nil, height: size.lines)
    }

    private static func windowSize() -> (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), max(2, Int(size.ws_row)))
    }

    /// Writes lines to standard output.
    func write(_ lines: [String]) { write(lines.map { $0 + "\n" }.joined()) }

    /// Writes text to standard output as it is.
    func write(_ text: String) { Self.write(Array(text.utf8), to: STDOUT_FILENO) }

    /// Writes one line to standard error.
    static func complain(_ text: String) { write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    /// Writes all bytes; gives up silently when nobody reads any more, as `lovage list | head` makes it.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(rebasing: buffer[...])
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
