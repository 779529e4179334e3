import LovageCore
import Testing

struct UUIDv7Tests {
    @Test func `its first 48 bits are milliseconds, its version is 7 and its variant is that of the RFC`() {
        var random = SplitMix64(seed: 1)
        let wall = WallTime(microseconds: 1_645_557_742_000_999)
        for _ in 0..<100 {
            let id = UUIDv7(at: wall, using: &random)
            #expect(id.high >> 16 == 1_645_557_742_000)
            #expect(id.high >> 12 & 0xf == 7)
            #expect(id.low >> 62 == 0b10)
        }
    }

    @Test func `it is written as the example of RFC 9562`() {
        let id = UUIDv7(high: 0x017F_22E2_79B0_7CC3, low: 0x98C4_DC0C_0C07_398F)
        #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(UUIDv7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F") == id)
    }

    @Test func `text and bytes round trip`() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<1_000 {
            let id = UUIDv7(high: random.next(), low: random.next())
            #expect(UUIDv7(id.description) == id)
            #expect(UUIDv7(bytes: id.bytes) == id)
            #expect(JobID(JobID(id).description) == JobID(id))
        }
    }

    @Test func `later ones sort behind, as numbers, bytes and text`() {
        var random = SplitMix64(seed: 3)
        var ids: [UUIDv7] = []
        for millisecond in 0..<500 {
            ids.append(
                UUIDv7(at: WallTime(microseconds: 1_700_000_000_000_000 + Int64(millisecond) * 1_000), using: &random))
        }
        #expect(ids == ids.sorted())
        #expect(ids == ids.sorted { $0.description < $1.description })
        #expect(ids == ids.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
    }

    @Test func `a thousand of one millisecond are all different`() {
        var random = SplitMix64(seed: 4)
        let ids = (0..<1_000).map { _ in UUIDv7(at: now.wall, using: &random) }
        #expect(Set(ids).count == 1_000)
    }

    @Test(arguments: [
        "", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2_79b0_7cc3_98c4_dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
    ])
    func `a text that is no identifier is refused`(text: String) {
        #expect(UUIDv7(text) == nil)
    }

    @Test func `a time before 1970 counts as 1970, and other than 16 bytes are refused`() {
        var random = SplitMix64(seed: 5)
        #expect(UUIDv7(at: WallTime(microseconds: -1), using: &random).high >> 16 == 0)
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: 17)) == nil)
    }
}
