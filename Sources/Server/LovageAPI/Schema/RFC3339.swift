/// Moments as people and JSON write them (RFC 3339): shown in UTC with milliseconds, read with any offset.
package enum RFC3339 {
    /// The years 0 to 9999, as microseconds since 1970: what has four digits for its year.
    private static let range = Int64(-62_167_219_200_000_000)...253_402_300_799_999_999

    /// `2026-11-21T07:19:43.123Z`; microseconds since 1970, held inside the years 0 to 9999.
    package static func text(_ microseconds: Int64) -> String {
        let held = min(max(microseconds, range.lowerBound), range.upperBound)
        let milliseconds = floorDivide(held, 1_000)
        let days = floorDivide(milliseconds, 86_400_000)
        let inDay = milliseconds - days * 86_400_000
        let (year, month, day) = civil(days)
        let clock = [inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1_000 % 60].map { padded($0, 2) }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(clock.joined(separator: ":"))."
            + "\(padded(inDay % 1_000, 3))Z"
    }

    /// The same with six digits when milliseconds do not say all of it: for what is read back.
    package static func exactText(_ microseconds: Int64) -> String {
        let text = text(microseconds)
        let rest = microseconds - floorDivide(microseconds, 1_000) * 1_000
        return rest == 0 || !range.contains(microseconds) ? text : "\(text.dropLast())\(padded(rest, 3))Z"
    }

    /// Reads a moment as microseconds since 1970; nil when it is none, or not in the years 0 to 9999 of UTC. More digits than microseconds are cut.
    package static func microseconds(_ text: String) -> Int64? {
        var scanner = Scanner(Array(text.utf8))
        guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), scanner.take("T") || scanner.take("t") || scanner.take(" "),
            let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2), scanner.take(":"),
            let second = scanner.number(2), (1...12).contains(month), (1...daysIn(month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60, let fraction = scanner.fraction(), let offset = scanner.offset(),
            scanner.isAtEnd
        else { return nil }
        let seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        let moment = seconds * 1_000_000 + fraction
        return range.contains(moment) ? moment : nil
    }

    private struct Scanner {
        private let bytes: [UInt8]
        private var position = 0
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }
        private var digit: Int64? {
            guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
            return Int64(bytes[position] - 0x30)
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func number(_ digits: Int) -> Int64? {
            var number: Int64 = 0
            for _ in 0..<digits {
                guard let digit else { return nil }
                number = number * 10 + digit
                position += 1
            }
            return number
        }

        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            var micros: Int64 = 0
            var unit: Int64 = 100_000
            guard digit != nil else { return nil }
            while let digit {
                micros += digit * unit
                unit /= 10
                position += 1
            }
            return micros
        }

        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
            guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            return sign * (hours * 3_600 + minutes * 60)
        }
    }

    // Howard Hinnant's `days_from_civil` and its inverse: eras of 400 years, years that begin in March.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let inEra = year - era * 400
        let inYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + inYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let inEra = shifted - era * 146_097
        let yearInEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * yearInEra + yearInEra / 4 - yearInEra / 100)
        let shiftedMonth = (5 * inYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearInEra + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
