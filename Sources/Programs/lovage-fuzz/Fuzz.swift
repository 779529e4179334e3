import CLibFuzzer
import Foundation
import LovageFuzzing

/// `lovage-fuzz`: libFuzzer on one of our readers of foreign bytes; `scripts/fuzz` builds and runs it.
///
/// Its arguments are libFuzzer's. Which reader comes from the environment, because libFuzzer starts the program again
/// with arguments of its own when it makes an input smaller. Without a reader it lists them.
@main struct Fuzz {
    /// What the callback checks, which as a C function can hold nothing.
    private static let target = ProcessInfo.processInfo.environment["LOVAGE_FUZZ_TARGET"].flatMap(FuzzTarget.init)

    static func main() {
        guard target != nil else {
            for target in FuzzTarget.all { print("\(target.name)\t\(target.summary)") }
            return
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments) { Fuzz.check($0, $1) })
    }

    /// A broken promise ends the process, as a trap does: that is how libFuzzer learns of it and keeps the input.
    private static func check(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do {
            try target?.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            FileHandle.standardError.write(Data("broken promise: \(error)\n".utf8))
            abort()
        }
        return 0
    }
}
