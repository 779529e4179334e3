import LovageCore
import LovageRemote
import LovageStore

/// Goes on asking a server that is restarted meanwhile: what is asked for is in its store, not in its memory.
///
/// Only for questions that change nothing, or that may be asked twice.
struct Patience {
    private var reconnection = Reconnection()
    /// What to do when it gave up, said behind the error.
    private let again: String
    /// False for one of many that wait at once: one of them says it.
    private let isSaid: Bool
    /// Whether there is a server: one that was never there is not waited for, one that goes away while it is asked is.
    private var isKnown: Bool

    init(again: String, isKnown: Bool = false, isSaid: Bool = true) {
        self.again = again
        self.isSaid = isSaid
        self.isKnown = isKnown
    }

    /// Asks until there is an answer, or the server has been away for too long, or until `deadline`.
    mutating func ask<Answer: Sendable>(
        until deadline: ContinuousClock.Instant? = nil, _ question: () async throws -> Answer
    ) async throws -> Answer {
        while true {
            do {
                let answer = try await question()
                answered(say: Self.complain)
                return answer
            } catch let error as RemoteError where error.isAbsence {
                try await failed(error, until: deadline, say: Self.complain)
            }
        }
    }

    /// The server answered.
    mutating func answered(say: (String) -> Void = Self.complain) {
        isKnown = true
        if reconnection.answered(), isSaid { say("the server is back") }
    }

    /// It did not: waits for a moment, or throws what the program ends with.
    mutating func failed(
        _ error: RemoteError, until deadline: ContinuousClock.Instant? = nil,
        say: (String) -> Void = Self.complain
    ) async throws {
        guard isKnown || error.isLostConnection else { throw error }
        isKnown = true
        let left = deadline.map { $0 - .now } ?? .seconds(3_600)
        guard left > .zero,
            case .retry(let wait, let isFirst) = reconnection.failed(at: Timekeeper.continuous.elapsed())
        else { throw CommandFailure(.noServer, "\(error.description); \(again)") }
        if isFirst, isSaid { say("the server does not answer; trying again for \(Spans.text(Reconnection.patience))") }
        try await Timekeeper.continuous.sleep(min(wait, left))
    }

    /// On standard error.
    static func complain(_ text: String) { Terminal.complain("lovage: \(text)") }
}

extension RemoteError {
    /// True when the server may be there again in a moment: it is restarted, it stops, or it is just being started.
    var isAbsence: Bool {
        switch reason {
        case .noServer, .timedOut: true
        case .refused(_, let status): status == 503
        case .unexpected, .forbidden: false
        }
    }
}
