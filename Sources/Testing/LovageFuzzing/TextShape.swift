/// How many lines a file has and how long each of them is, as YAML and editors count: in Unicode scalars.
struct TextShape {
    private let widths: [Int]

    init(_ bytes: [UInt8]) {
        var widths = [0]
        var last: Unicode.Scalar?
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n" where last == "\r": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": widths.append(0)
            default: widths[widths.count - 1] += 1
            }
            last = scalar
        }
        self.widths = widths
    }

    /// True when the line exists and the column is in it or right behind it; both from 1.
    func has(line: Int, column: Int) -> Bool {
        widths.indices.contains(line - 1) && (1...widths[line - 1] + 1).contains(column)
    }
}
