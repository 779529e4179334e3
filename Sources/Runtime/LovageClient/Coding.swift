import Foundation
package import LovageCore

/// JSON to and from Swift values, the same for arguments and results.
package enum Coding {
    // Set up once and never changed: making one costs as much as a small value.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }()
    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// Encodes a value; keys are sorted so that equal values give equal bytes.
    package static func encode(_ value: some Encodable) throws -> JSONText {
        try JSONText(validating: encoder.encode(value))
    }

    /// Decodes a value; fails with the path of what did not fit.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: JSONText) throws -> Value {
        try decoder.decode(type, from: Data(text.bytes))
    }
}
