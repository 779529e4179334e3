#if Commands
import LovageCore
import LovageWorkflow
import Testing

@testable import LovageDefinitions

/// Input that nobody would write: the loader says what is wrong, and never falls over.
@Suite struct FuzzTests {
    @Test(arguments: 0..<20)
    func `broken files give problems or definitions without faults`(batch: UInt64) {
        let original = Array(DefinitionLoaderTests.everything.utf8)
        for seed in batch * 40..<batch * 40 + 40 {
            var random = SplitMix64(seed: seed)
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                Self.damage(&bytes, &random)
            }
            let report = DefinitionLoader { DefinitionLoaderTests.scripts[$0] }
                .load([SourceFile(path: "defs/a.yaml", contents: bytes)])
            for problem in report.problems {
                #expect(problem.line >= 1 && problem.column >= 1 && !problem.message.isEmpty, "seed \(seed)")
            }
            guard report.problems.isEmpty else { continue }
            for loaded in report.definitions {
                #expect(loaded.definition.faults().isEmpty, "seed \(seed)")
                #expect(
                    (try? Definition(canonicalJSON: loaded.definition.canonicalJSON)) == loaded.definition,
                    "seed \(seed)")
            }
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        let position = Int.random(in: 0..<bytes.count, using: &random)
        let pieces = [
            "${", "}", "[", "]", "{", ": ", "\n", "\n  ", "- ", "&a ", "*a", "'", "\"", "\t", "|", "!!x ", "? ",
            "---\n", "%", "#",
        ]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.remove(at: position)
        case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: position)
        case 3: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...60, using: &random)))
        default:
            let end = min(bytes.count, position + Int.random(in: 1...200, using: &random))
            bytes.insert(contentsOf: Array(bytes[position..<end]), at: Int.random(in: 0...bytes.count, using: &random))
        }
    }
}
#endif
