import LovageCore
import Testing

struct JSONWriterTests {
    @Test func `a writer places commas and embeds a text as it is`() throws {
        let arguments = try JSONText(validating: #"{ "to" : "a@b.c", "n":1e400 }"#)
        let absent: String? = nil
        var writer = JSONWriter()
        writer.object {
            $0.member("id", "01983c2f")
            $0.member("arguments", raw: arguments)
            $0.member("attempt", 3)
            $0.member("result", absent)
            $0.member("there", Optional(0.5))
            $0.member("text", Optional(JSONText.emptyObject))
            $0.member("empty", object: { _ in })
            $0.member("nested", object: { $0.member("tree", ["x": [1, nil]] as JSONValue) })
            $0.key("list")
            $0.array { list in
                list.bool(true)
                list.null()
                list.value(-1)
                list.value(Double.nan)
                list.value("x")
                list.value(UInt64.max)
                list.raw(.emptyObject)
                list.array { _ in }
            }
            $0.member("last", false)
        }
        #expect(
            writer.text.string
                == #"{"id":"01983c2f","arguments":{ "to" : "a@b.c", "n":1e400 },"attempt":3,"result":null,"there":0.5,"text":{},"#
                + #""empty":{},"nested":{"tree":{"x":[1,null]}},"#
                + #""list":[true,null,-1,null,"x",18446744073709551615,{},[]],"last":false}"#)
    }

    @Test func `strings are escaped only where JSON asks for it`() throws {
        var writer = JSONWriter()
        writer.string("\"\\/\n\r\t\u{0}\u{1F}\u{8}\u{7F}ä\u{1F600}\u{2028}")
        let text = writer.text
        #expect(text.string == #""\"\\/\n\r\t\u0000\u001f\u0008"# + "\u{7F}ä\u{1F600}\u{2028}\"")
        #expect(try JSONText(validating: text.bytes) == text)
    }

    @Test func `an error thrown while writing reaches the caller`() {
        struct Stop: Error {}
        var writer = JSONWriter()
        #expect(throws: Stop.self) { try writer.object { _ in throw Stop() } }
    }
}
