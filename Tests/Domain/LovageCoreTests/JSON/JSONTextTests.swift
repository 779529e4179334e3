import LovageCore
import Testing

struct JSONTextTests {
    @Test func `members are slices of the bytes as sent, in their order`() throws {
        let text = try JSONText(
            validating: #" { "b" : [1, 2 ] ,"\u0061":"\u0062\n" , "c":1.50e+3,"d":{ "e" : null} } "#)
        let members = try #require(text.members())
        #expect(members.map(\.key) == ["b", "a", "c", "d"])
        #expect(members.map(\.value.string) == ["[1, 2 ]", #""\u0062\n""#, "1.50e+3", #"{ "e" : null}"#])
    }

    @Test func `elements are slices of the bytes as sent`() throws {
        let text = try JSONText(validating: #"[ 1 ,[ ] , {"a" : [{}]},"]", true,[[1],[2] ]]"#)
        #expect(
            text.elements()?.map(\.string) == ["1", "[ ]", #"{"a" : [{}]}"#, #""]""#, "true", "[[1],[2] ]"])
    }

    @Test func `only an object has members and only an array has elements`() throws {
        #expect(JSONText.emptyObject.members()?.isEmpty == true)
        #expect(JSONText.emptyObject.elements() == nil)
        #expect(JSONText.null.members() == nil)
        #expect(try JSONText(validating: "[ ]").elements() == [])
        #expect(try JSONText(validating: "[]").members() == nil)
        #expect(try JSONText(validating: "\"{}\"").members() == nil)
    }

    @Test func `texts are equal when their bytes are`() throws {
        #expect(try JSONText(validating: "[1]") == JSONText(validating: " [1] "))
        #expect(try JSONText(validating: "[1]") != JSONText(validating: "[ 1]"))
        #expect(try JSONText(validating: "\"\u{E4}\"") != JSONText(validating: "\"a\u{308}\""))
        #expect(JSONText.null.description == "null")
    }

    @Test func `bytes a store hands back are the text they were`() throws {
        let text = try JSONText(validating: #"{"a": [1, 1e400]}"#)
        let back = JSONText(trusted: text.bytes)
        #expect(back == text)
        #expect(back.value() == text.value())
        #expect(back.members()?.map(\.value.string) == ["[1, 1e400]"])
    }

    @Test func `bytes come from any collection`() throws {
        let body = Array(#"--{"a":1}--"#.utf8)
        #expect(try JSONText(validating: body[2..<9]).string == #"{"a":1}"#)
        #expect(try JSONText(validating: body[2..<9].reversed().reversed()).string == #"{"a":1}"#)
    }

    @Test func `a text written in code with a key twice can still be read`() {
        let value = JSONValue.object([JSONMember("a", 1), JSONMember("a", 2)])
        #expect(value.text().value() == value)
        #expect(value.text().members()?.map(\.value.string) == ["1", "2"])
        #expect(throws: JSONError.self) { try JSONText(validating: value.text().bytes) }
    }
}
