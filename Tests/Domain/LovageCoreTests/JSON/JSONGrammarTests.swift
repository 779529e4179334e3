import LovageCore
import Testing

/// The categories of the JSON test suites: what every parser must accept, what it must refuse, and how.
struct JSONGrammarTests {
    static let accepted = [
        "null", "true", "false", "0", "-0", "-1", "20e1", "1E22", "1e+2", "1e-2", "0e1", "0e+1", "0.5", "-0.0",
        "1.5e3",
        "1e400", "-1e-4000", "123456789012345678901234567890", "\"\"", "\" \"", "\"a\"", "[]", "[ ]", "[[]]",
        "{}", "{ }",
        "[1,2]", "[1 , 2]", "[null,1,\"1\",{}]", "{\"\":0}", "{\"a\":[]}", "{\"a\":1,\"b\":2}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[{\"a\":1},{\"a\":1}]", "{\"a\":1,\"A\":1,\"\u{E4}\":1,\"a\u{308}\":1}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"", "\"\\u0060\\u012a\\u12AB\"", "\"\\uD801\\udc37\"", "\"\\uDBFF\\uDFFF\"",
        "\"\\uFFFE\\uFDD0\"",
        "\"\\\\u0000\"", "\"\u{7F}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
        "\"\u{2028}\u{2029}\"",
        "\"\u{FEFF}\"", "[\"asd \"]", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}",
        "{\"min\": -1.0e+28, \"max\": 1.0e+28}",
    ]

    @Test(arguments: accepted)
    func `JSON is accepted and kept byte for byte, without the white space around it`(_ text: String) throws {
        #expect(try JSONText(validating: text).bytes == Array(text.utf8))
        #expect(try JSONText(validating: " \t\r\n\(text)\n ").bytes == Array(text.utf8))
        #expect(try JSONValue(parsing: text) == JSONText(validating: text).value())
    }

    static let refused: [(String, JSONError.Code)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd),
        ("{\"a\":", .unexpectedEnd),
        ("{\"a\":1", .unexpectedEnd), ("{\"a\":1,", .unexpectedEnd), ("\"", .unexpectedEnd),
        ("\"a", .unexpectedEnd),
        ("\"\\", .unexpectedEnd), ("\"\\u", .unexpectedEnd), ("\"\\u00", .unexpectedEnd),
        ("\"\\uD800", .unexpectedEnd),
        ("\"\\uD800\\", .unexpectedEnd), ("\"\\uD800\\u", .unexpectedEnd), ("tru", .unexpectedEnd),
        ("-", .unexpectedEnd), ("1.", .unexpectedEnd), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("[1]]", .trailingBytes), ("[] []", .trailingBytes), ("1 2", .trailingBytes), ("1a", .trailingBytes),
        ("0x1", .trailingBytes), ("{}}", .trailingBytes), ("\"a\" x", .trailingBytes),
        ("nullx", .trailingBytes),
        ("1,", .trailingBytes), ("[]\u{0}", .trailingBytes), ("{}#", .trailingBytes), ("{}//", .trailingBytes),
        ("[1 true]", .syntax), ("[1,]", .syntax), ("[,1]", .syntax), ("[,]", .syntax), ("[1,,2]", .syntax),
        ("[1}", .syntax), ("{\"a\":1]", .syntax), ("{]", .syntax), ("[}", .syntax), ("]", .syntax),
        ("}", .syntax),
        ("[\"a\":1]", .syntax), ("{\"a\" 1}", .syntax), ("{\"a\",1}", .syntax), ("{\"a\":1,}", .syntax),
        ("{,}", .syntax), ("{a:1}", .syntax), ("{1:1}", .syntax), ("{null:1}", .syntax), ("{'a':1}", .syntax),
        ("{\"a\"::1}", .syntax), ("{\"a\":1 \"b\":2}", .syntax), ("{\"a\":}", .syntax), ("'a'", .syntax),
        ("NaN", .syntax), ("-NaN", .syntax), ("Infinity", .syntax), ("-Infinity", .syntax), ("inf", .syntax),
        ("True", .syntax), ("nul1", .syntax), ("[nulx]", .syntax), ("+1", .syntax), (".5", .syntax),
        ("-.5", .syntax),
        ("[1.]", .syntax), ("[1.e1]", .syntax), ("[1e]", .syntax), ("[1e+]", .syntax), ("[1eE2]", .syntax),
        ("[-]", .syntax), ("[--1]", .syntax), ("[- 1]", .syntax), ("01", .syntax), ("-01", .syntax),
        ("00", .syntax),
        ("[1.2.3]", .syntax), ("[1+2]", .syntax), ("[0x1]", .syntax), ("[1_000]", .syntax),
        ("[\u{FF11}]", .syntax),
        ("\"\t\"", .syntax), ("\"\n\"", .syntax), ("\"\u{0}\"", .syntax), ("\"\u{1F}\"", .syntax),
        ("\"\\x\"", .syntax),
        ("\"\\a\"", .syntax), ("\"\\\u{0}\"", .syntax), ("\"\\U0041\"", .syntax), ("\"\\u00G0\"", .syntax),
        ("\"\\u 123\"", .syntax), ("\"\\u12\"  ", .syntax), ("\"\\uD800\"", .invalidUTF8),
        ("\"\\uDC00\"", .invalidUTF8),
        ("\"\\uD800\\n\"", .invalidUTF8), ("\"\\uD800\\uD800\"", .invalidUTF8),
        ("\"\\uD800\\u0041\"", .invalidUTF8),
        ("\"\\uDC00\\uD800\"", .invalidUTF8), ("\"\\uD800abcdef\"", .invalidUTF8),
        ("{\"\\uD800\":1}", .invalidUTF8),
        ("\u{FEFF}1", .syntax), ("[\u{A0}]", .syntax), ("[\u{C}]", .syntax), ("[\u{B}1]", .syntax),
        ("\u{2060}", .syntax),
        ("/* */ 1", .syntax), ("[1,\n// x\n2]", .syntax), ("<null>", .syntax), ("[a]", .syntax),
        ("[\u{E9}]", .syntax),
        ("{\"a\":1,\"a\":1}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
        ("{\"\":1,\"\":2}", .duplicateKey), ("[{\"b\":{\"a\":[],\"a\":[]}}]", .duplicateKey),
        ("{\"a\":{\"b\":1},\"b\":2,\"a\":3}", .duplicateKey), ("{\"\\/\":1,\"/\":2}", .duplicateKey),
        ("{\"\u{1F600}\":1,\"\\ud83d\\ude00\":2}", .duplicateKey),
    ]

    @Test(arguments: refused)
    func `what is not JSON is refused with its code`(_ text: String, _ code: JSONError.Code) {
        #expect(#expect(throws: JSONError.self) { try JSONText(validating: text) }?.code == code)
        #expect(#expect(throws: JSONError.self) { try JSONValue(parsing: text) }?.code == code)
    }

    static let notUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xE4],
    ]

    @Test(arguments: notUTF8)
    func `bytes that are not UTF-8 are refused in strings, in keys and outside`(_ bytes: [UInt8]) {
        let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        let texts = [
            quoted, Array("{".utf8) + quoted + Array(":1}".utf8), Array("[".utf8) + bytes + Array("]".utf8), bytes,
            Array("\"".utf8) + bytes,
        ]
        for text in texts {
            #expect(#expect(throws: JSONError.self) { try JSONText(validating: text) }?.code == .invalidUTF8)
        }
    }

    @Test func `every prefix of a text ends too early, unless it is a number's`() {
        let text = Array(#"{"a":[1.5e3,"\ud83d\ude00\n",true,null,{"ä":{}}]}"#.utf8)
        for length in 0..<text.count {
            let code = #expect(throws: JSONError.self) { try JSONText(validating: text[..<length]) }?.code
            #expect(code == .unexpectedEnd || code == .invalidUTF8, "\(length) bytes")
        }
    }

    @Test func `no single changed byte makes the reader fail in an unforeseen way`() {
        let text = Array(#"{"a":[-1.5e3,"\ud83d\ude00\nä",true,null,{"b":{}}],"c":false}"#.utf8)
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                guard let accepted = try? JSONText(validating: changed) else { continue }  // most are refused
                #expect(accepted.value().text().value() == accepted.value())
            }
        }
    }
}
