import Crypto
import LovageCore
public import LovageWorkflow

/// SHA-256 in lower-case hexadecimal, the name of everything that is stored by content.
public enum ContentHash {
    /// The hash of these bytes.
    public static func hex(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Definition {
    /// The hash of its canonical JSON: the same for the same definition, wherever it was written.
    public var hash: String { ContentHash.hex(of: canonicalJSON.bytes) }
}
