import Foundation

/// What the program writes to, and what is known of it.
struct Terminal: Sendable {
    /// True when people look at standard output.
    let isInteractive: Bool
    /// Which styles are used.
    let palette: Palette
    /// How moments are written.
    let moments: Moments
    /// Its columns; nil off a terminal.
    let width: Int?
    /// Its lines; 24 where it does not say.
    let height: Int

    /// What standard output is now; asked again, it says what size the window has by then.
    static func current(environment: [String: String] = ProcessInfo.processInfo.environment) -> Terminal {
        let isInteractive = isatty(STDOUT_FILENO) == 1
        let size = windowSize()
        let noColor = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Terminal(
            isInteractive: isInteractive,
            palette: Palette(isColored: isInteractive && !noColor && environment["TERM"] != "dumb"),
            moments: Moments(zone: isInteractive ? .current : nil), width: isInteractive ? size.columns : nil,
            height: size.lines)
    }

    private static func windowSize() -> (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), max(2, Int(size.ws_row)))
    }

    /// Writes lines to standard output.
    func write(_ lines: [String]) { write(lines.map { $0 + "\n" }.joined()) }

    /// Writes text to standard output: off a terminal as it is, on one with nothing that the terminal would obey but the
    /// escape sequences of styles and of the live view.
    func write(_ text: String) {
        Self.write(Array((isInteractive ? Harmless.output(text) : text).utf8), to: STDOUT_FILENO)
    }

    /// Writes what a server says of itself at its start; one without a standard output serves all the same.
    func announce(_ lines: [String]) {
        _ = Self.problem(writing: Array(lines.map { $0 + "\n" }.joined().utf8), to: STDOUT_FILENO)
    }

    /// Writes one sentence to standard error, harmless whatever it quotes.
    static func complain(_ text: String) { write(Array((Harmless.lines(text) + "\n").utf8), to: STDERR_FILENO) }

    /// Writes all bytes; gives up silently when nobody reads any more, as `lovage list | head` makes it. Output that
    /// cannot be written for another reason, such as a full disk, ends the program: it must not look as if all was said.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        guard let number = problem(writing: bytes, to: descriptor), number != EPIPE, descriptor == STDOUT_FILENO else {
            return
        }
        complain("lovage: standard output cannot be written: \(String(cString: strerror(number)))")
        exit(CommandFailure.Code.diskFailed.rawValue)
    }

    /// Writes all bytes; the number of the error that kept some from being written.
    private static func problem(writing bytes: [UInt8], to descriptor: Int32) -> Int32? {
        bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(rebasing: buffer[...])
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return errno }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return nil
        }
    }
}
