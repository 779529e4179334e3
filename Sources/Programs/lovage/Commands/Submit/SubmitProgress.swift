import Foundation

/// How far a long input is, on a terminal that shows nothing else of it.
struct SubmitProgress {
    private let isShown = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0
    private var last: ContinuousClock.Instant?
    private static let pause = Duration.milliseconds(200)

    mutating func show(_ stored: Int) {
        let now = ContinuousClock.now
        guard isShown, last.map({ now - $0 >= Self.pause }) ?? true else { return }
        last = now
        Terminal.write(Array("\r\u{1B}[K\(Spans.grouped(stored)) jobs stored".utf8), to: STDERR_FILENO)
    }

    mutating func end() {
        guard last != nil else { return }
        last = nil
        Terminal.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }
}
