import LovageCore

extension FuzzTarget {
    static let json = FuzzTarget("json", "one JSON value: the arguments and results of jobs") { bytes in
        let text: JSONText
        do throws(JSONError) {
            text = try JSONText(validating: bytes)
        } catch {
            try checkRefusal(error, of: bytes)
            return
        }
        try promise(bytes.firstRange(of: text.bytes) != nil, "'\(text)' was not kept as it was sent")
        let value = text.value()
        try promise(try JSONValue(parsing: bytes) == value, "'\(text)' has two values")
        try promise(try JSONValue(parsing: value.text().bytes) == value, "'\(text)' is another value when written")
        try promise(
            try JSONValue(parsing: value.pretty(), limits: .trusted) == value, "'\(text)' is another value for people")
        try checkParts(of: text, value)
        let canon = text.canon()
        try promise(try JSONText(validating: canon.bytes, limits: .trusted).canon() == canon, "'\(canon)' is not final")
        try promise(
            try JSONText(validating: value.pretty(), limits: .trusted).canon() == canon, "'\(text)' has two canons")
        if case .number(let number) = value {
            try promise(JSONNumber(lexeme: number.lexeme) == number, "\(number) is no number any more")
            try promise(number.isNumericallyEqual(to: number), "\(number) does not equal itself")
        }
    }

    /// A refusal counts bytes, lines and columns inside of what was sent.
    private static func checkRefusal(_ error: JSONError, of bytes: [UInt8]) throws(BrokenPromise) {
        try promise((0...bytes.count).contains(error.offset), "\(error) is outside of \(bytes.count) bytes")
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        try promise((1...lines).contains(error.line), "\(error) is outside of \(lines) lines")
        try promise((1...bytes.count + 1).contains(error.column), "\(error) is outside of every line")
    }

    /// Members and elements are cut out of the text, not written anew.
    private static func checkParts(of text: JSONText, _ value: JSONValue) throws(BrokenPromise) {
        let members = text.members()
        try promise(members?.map(\.key) == value.objectValue?.map(\.key), "'\(text)' has other keys")
        try promise(members?.map { $0.value.value() } == value.objectValue?.map(\.value), "'\(text)' has other members")
        let elements = text.elements()
        try promise(elements?.map { $0.value() } == value.arrayValue, "'\(text)' has other elements")
        var rest = text.bytes[...]
        for part in (members?.map(\.value) ?? []) + (elements ?? []) {
            guard let place = rest.firstRange(of: part.bytes) else {
                throw BrokenPromise(description: "'\(part)' was not cut out of '\(text)'")
            }
            rest = rest[place.upperBound...]
        }
    }
}
