import Foundation
package import LovageCore

/// JSON to and from Swift values, the same for arguments and results.
package enum Coding {
    /// Encodes a value; keys are sorted so that equal values give equal bytes.
    package static func encode(_ value: some Encodable) throws -> JSONText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try JSONText(validating: encoder.encode(value))
    }

    /// Decodes a value; fails with the path of what did not fit.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: JSONText) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(text.bytes))
    }
}
