/// Durations as people write them: `10s`, `1h30m`, `2d`, `250ms`; whole microseconds.
public enum DurationText {
    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]
    /// A hundred years; longer is a mistake, and sums of it cannot overflow.
    private static let longest: Int64 = 36_500 * 86_400_000_000

    /// Reads a duration: whole numbers, each with a unit, larger units first. Nil for anything else.
    public static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total: Int64 = 0
        var last = -1
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Int64(digits), let position = units.firstIndex(where: { $0.name == unit }),
                position > last
            else { return nil }
            last = position
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: units[position].microseconds)
            guard !isTooLarge, product <= longest else { return nil }
            total += product
            guard total <= longest else { return nil }
        }
        return last < 0 ? nil : .microseconds(total)
    }

    /// The shortest text that reads back as this duration; nothing below a microsecond, `0s` for nothing and less.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return "0s" }
        var rest = min(seconds, longest / 1_000_000) * 1_000_000 + attoseconds / 1_000_000_000_000
        var text = ""
        for unit in units where rest >= unit.microseconds {
            text += "\(rest / unit.microseconds)\(unit.name)"
            rest %= unit.microseconds
        }
        return text.isEmpty ? "0s" : text
    }
}

/// Sizes as people write them: `10MiB`, `4KB`, `512`; bytes.
public enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
        ("B", 1), ("", 1),
    ]

    /// Reads a size: a whole number with or without a unit. Nil for anything else.
    public static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard let count = Int(digits), let bytes = units.first(where: { $0.name == unit })?.bytes else { return nil }
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: bytes)
        return isTooLarge ? nil : product
    }

    /// The shortest text that reads back as this size.
    public static func format(_ bytes: Int) -> String {
        for unit in units.prefix(3) where bytes > 0 && bytes.isMultiple(of: unit.bytes) {
            return "\(bytes / unit.bytes)\(unit.name)"
        }
        return "\(bytes)"
    }
}
