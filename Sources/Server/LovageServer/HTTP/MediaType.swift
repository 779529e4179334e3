#if Server
/// What a Content-Type says of a body.
enum MediaType {
    /// True for JSON in UTF-8, which is what JSON on the wire is in when nothing is said (RFC 8259, section 8.1). Other
    /// parameters say nothing of the bytes.
    static func isJSON(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, trimmed(sides[0]) == "charset" else { return true }
            return ["utf-8", "\"utf-8\""].contains(trimmed(sides[1]))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
#endif
