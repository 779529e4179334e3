import LovageCore

/// The arguments of the program as they were given.
///
/// `CommandLine.arguments` repairs what is no UTF-8 in silence, and a job would get other arguments than were typed.
enum ProgramArguments {
    /// All of them without the program's name; refuses the first that is no UTF-8, with its place.
    static func checked() throws(CommandFailure) -> [String] {
        var words: [[UInt8]] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = CommandLine.unsafeArgv[index] else { break }
            words.append(Array(UnsafeBufferPointer(start: word, count: length(of: word))).map { UInt8(bitPattern: $0) })
        }
        return try texts(words)
    }

    private static func length(of word: UnsafePointer<CChar>) -> Int {
        var length = 0
        while word[length] != 0 { length += 1 }
        return length
    }

    /// The texts of these words.
    static func texts(_ words: [[UInt8]]) throws(CommandFailure) -> [String] {
        var texts: [String] = []
        for (index, word) in words.enumerated() {
            guard let text = String(validating: word, as: UTF8.self) else {
                throw .usage(
                    "argument \(index + 1) is not UTF-8: its byte \(UTF8Text.validPrefix(of: word) + 1) fits no character; "
                        + "write it in UTF-8, or send the bytes as base64")
            }
            texts.append(text)
        }
        return texts
    }
}
