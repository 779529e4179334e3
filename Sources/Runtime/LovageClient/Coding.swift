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

    /// How many values one task encodes: a few hundred microseconds of work, against a few for the task.
    private static let share = 128

    /// Encodes many values, in order; more than one task's share of them on all processors.
    package static func encode<Value: Encodable & Sendable>(all values: [Value]) async throws -> [JSONText] {
        guard values.count > share else { return try values.map { try encode($0) } }
        return try await withThrowingTaskGroup(of: (part: Int, texts: [JSONText]).self) { group in
            let starts = stride(from: 0, to: values.count, by: share)
            for (part, start) in starts.enumerated() {
                group.addTask { (part, try values[start...].prefix(share).map { try encode($0) }) }
            }
            var parts = starts.map { _ in [JSONText]() }
            for try await (part, texts) in group { parts[part] = texts }
            return parts.flatMap { $0 }
        }
    }

    /// Decodes a value; fails with the path of what did not fit.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: JSONText) throws -> Value {
        try decoder.decode(type, from: Data(text.bytes))
    }
}
