import Foundation
import LovageAPI
import LovageCore

/// Moments as people read them, always with their zone: on a terminal in local time (`TZ` is honoured) to the second,
/// off it in UTC as RFC 3339 has it, so that what scripts read does not depend on where they run.
struct Moments: Sendable, Hashable {
    /// The zone of the terminal; nil off one.
    let zone: TimeZone?

    /// `2030-01-31T08:00:00.000Z`.
    static let utc = Moments(zone: nil)

    /// `2030-01-31 09:00:00 +01:00`, or as RFC 3339 has it.
    func text(_ time: StoreTime) -> String { text(microseconds: time.microseconds) }

    /// A sentence of the server's in which moments stand with the time until then, `2030-01-31T08:00:00.000Z (in 5 min)`.
    func text(of sentence: String) -> String {
        guard zone != nil else { return sentence }
        return sentence.replacing(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?= \(in \d+ )/) { match in
            RFC3339.microseconds(String(match.1)).map { text(microseconds: $0) } ?? String(match.1)
        }
    }

    private func text(microseconds: Int64) -> String {
        guard let zone else { return RFC3339.text(microseconds) }
        let date = Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
        let offset = zone.secondsFromGMT(for: date)
        let local = RFC3339.text(microseconds + Int64(offset) * 1_000_000).prefix(19).replacing("T", with: " ")
        let minutes = abs(offset) / 60
        return "\(local) \(offset < 0 ? "-" : "+")\(Spans.twoDigits(minutes / 60)):\(Spans.twoDigits(minutes % 60))"
    }
}
