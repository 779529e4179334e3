import LovageCore
import Testing

@Suite struct PartialIDTests {
    private static let id = UUIDv7(high: 0x0193_0a3e_1234_7abc, low: 0x8000_1111_a4f6_0b2c)

    @Test(arguments: [
        "01930a", "01930A3E", "01930a3e-1234", "01930a3e-1234-7abc-8000-1111a4f60b2", "a4f60b2c", "A4F60B2C",
        "01930a3e-1234-7abc-8000-1111a4f60b2c", "01930a3e12347abc80001111a4f60b2c",
    ])
    func `a beginning or an end names an id`(_ text: String) throws {
        #expect(try #require(PartialID(text)).matches(Self.id))
    }

    @Test(arguments: ["01930b", "a4f60b2d", "f60b2c", "4f60b2c", "11a4f60b2c", "01930a3e-1234-7abc-8000-1111a4f60b2d"])
    func `another beginning, another end, and an end of another length name another id`(_ text: String) throws {
        #expect(try #require(PartialID(text)).matches(Self.id) == false)
    }

    @Test(arguments: ["", "01930", "01930g", "-1930a3e", "0193 0a", "01930a3e-1234-7abc-8000-1111a4f60b2c0", "٠١٢٣٤٥"])
    func `what is too short, too long or no digits is no part of an id`(_ text: String) {
        #expect(PartialID(text) == nil)
    }

    @Test func `only all of its digits are the whole id`() {
        #expect(PartialID(Self.id.description)?.whole == Self.id)
        #expect(PartialID(Self.id.description.dropLast())?.whole == nil)
    }

    @Test func `the first id of a moment comes after those before and before those of it`() {
        var random = SplitMix64(seed: 7)
        let wall = WallTime(microseconds: 1_767_225_600_123_456)
        let first = UUIDv7(firstAt: wall)
        for _ in 0..<100 {
            #expect(first <= UUIDv7(at: wall, using: &random))
            #expect(first > UUIDv7(at: wall + .milliseconds(-1), using: &random))
        }
    }
}
