/// Lengths of time as people type them: `500ms`, `5m`, `1h30m`, `2d`.
enum DurationText {
    /// Reads one; nil for anything else, such as a number without its unit.
    static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest[unit.endIndex...]
            guard let number = Double(digits), let scale = microseconds[String(unit)] else { return nil }
            let value = (number * scale).rounded()
            // A thousand years: enough for anybody, and no sum of it overflows.
            guard value <= 3.2e16 else { return nil }
            total += .microseconds(Int64(value))
        }
        return total
    }

    private static let microseconds: [String: Double] = [
        "us": 1, "ms": 1e3, "s": 1e6, "m": 6e7, "min": 6e7, "h": 3.6e9, "d": 8.64e10, "w": 6.048e11,
    ]
}
