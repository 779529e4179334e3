import LovageCore

/// Times and sizes as people read them.
enum Spans {
    /// A length of time in at most two units: `840 ms`, `12.3 s`, `4 min 05 s`, `3 h 20 min`, `2 d 4 h`.
    static func text(_ duration: Duration) -> String {
        let microseconds = duration.wholeMicroseconds
        if microseconds < 0 { return "0 ms" }
        if microseconds < 1_000 { return "\(microseconds) µs" }
        if microseconds < 1_000_000 { return "\(microseconds / 1_000) ms" }
        if microseconds < 59_950_000 { return "\(fixed(Double(microseconds) / 1_000_000, 1)) s" }
        let seconds = Int(microseconds / 1_000_000 + (microseconds < 60_000_000 ? 1 : 0))
        if seconds < 3_600 { return "\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
        if seconds < 86_400 { return "\(seconds / 3_600) h \(twoDigits(seconds / 60 % 60)) min" }
        return "\(seconds / 86_400) d \(seconds / 3_600 % 24) h"
    }

    /// A number with this many decimals, rounded half up.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let full = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + full.dropLast(decimals) + "." + full.suffix(decimals)
    }

    /// A whole number with thin groups: `12,345`.
    static func grouped(_ value: Int) -> String {
        var groups: [String] = []
        var digits = String(value.magnitude)
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// A bar of this many columns: `████████░░░░`.
    static func bar(done: Int, total: Int, columns: Int) -> String {
        guard total > 0, columns > 0 else { return String(repeating: "░", count: max(0, columns)) }
        let filled = min(columns, max(0, done) * columns / total)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: columns - filled)
    }

    /// `07`.
    static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
