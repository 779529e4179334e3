import Dispatch
import Foundation

/// Says something and ends the program when it is interrupted.
struct Interruption {
    private let source: any DispatchSourceSignal

    init(_ farewell: String) {
        // The source only sees the signal when its ordinary effect is off.
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            Terminal.complain("\n" + farewell)
            exit(128 + SIGINT)
        }
        source.resume()
    }

    /// Gives the signal its ordinary effect back.
    func end() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }
}
