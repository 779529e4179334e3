/// What the first line of a file names as the program that runs it.
struct Interpreter: Equatable {
    /// As the kernel reads it: up to the first blank, so a CR before the line's end belongs to it.
    let name: String
    /// True when the line ends with CR and LF, as files from Windows do.
    let hasWindowsLineEnd: Bool

    /// Reads it from the beginning of a file; nil without `#!`.
    init?(beginning bytes: [UInt8]) {
        guard bytes.starts(with: Array("#!".utf8)) else { return nil }
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        name = String(decoding: line.drop(while: isBlank).prefix { !isBlank($0) }, as: UTF8.self)
        hasWindowsLineEnd = line.last == UInt8(ascii: "\r")
    }

    /// Why a file that is there was "not found", in a sentence: what it names is not.
    static func missing(of path: String) -> String {
        guard let interpreter = Interpreter(beginning: SmallFile.read(path, limit: 256) ?? []) else {
            return "\(path) needs a loader that was not found: it may be built for another system"
        }
        let hint = interpreter.hasWindowsLineEnd ? ": the file has CR LF line ends, save it with LF ones" : ""
        return "\(path) names the interpreter '\(interpreter.shown)' (#!), which was not found\(hint)"
    }

    /// Its name, with what cannot be seen as escapes.
    private var shown: String {
        name.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\r": text += "\\r"
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{A0}", "\u{FEFF}":
                text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
