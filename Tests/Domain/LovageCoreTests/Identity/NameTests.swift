import LovageCore
import Testing

struct NameTests {
    @Test(arguments: [
        "a", "image.resize", "task:prodcons:queue", "_x", "9", "a/b@c+d-e_F", String(repeating: "q", count: 200),
    ])
    func `a legal name is taken as it is`(text: String) throws {
        #expect(try Kind(validating: text).text == text)
        #expect(try QueueName(validating: text).description == text)
    }

    @Test(arguments: [
        "", " ", ".a", "-a", ":a", "a b", "a\n", "é", "a\u{0}", "a;rm", "a\\b", "a\"b", "a%2f", "a?b", "日本",
        String(repeating: "q", count: 201),
    ])
    func `an illegal name is refused with the value and the rule`(text: String) {
        let error = #expect(throws: InvalidName.self) { try QueueName(validating: text) }
        #expect(error?.text == text)
        #expect(error?.description.contains("queue") == true)
        #expect(error?.description.contains("1 to 200") == true)
    }

    @Test func `names sort as their bytes do`() {
        let names: [QueueName] = ["b", "a", "B", "a.b", "a-b", "_"]
        #expect(names.sorted().map(\.text) == ["B", "_", "a", "a-b", "a.b", "b"])
    }

    @Test func `an illegal name written in the program stops it`() async {
        await #expect(processExitsWith: .failure) { _ = Kind(stringLiteral: "no spaces") }
    }
}
