#if SQLite
package import LovageCore

/// What went wrong, as JSON.
package enum FailureCodec {
    package static func encode(_ failure: Failure) -> JSONText {
        var writer = JSONWriter()
        writer.object {
            $0.member("kind", failure.kind)
            $0.member("message", failure.message)
            $0.member("retryable", failure.isRetryable)
        }
        return writer.text
    }

    package static func decode(_ text: JSONText) throws -> Failure {
        let value = try OptionsCodec.value(text)
        return Failure(
            kind: try OptionsCodec.text(value["kind"]), message: try OptionsCodec.text(value["message"]),
            isRetryable: value["retryable"]?.boolValue ?? true)
    }
}

/// How an attempt ended, as a number that never gets another meaning, and its data.
package enum EndCodec {
    package static func encode(_ end: AttemptEnd) -> (code: Int64, data: JSONText?) {
        switch end {
        // The job keeps the result while it stands; see `WriteTransaction.keepResult`.
        case .succeeded: (0, nil)
        case .failed(let failure): (1, FailureCodec.encode(failure))
        case .timedOut(let failure): (2, FailureCodec.encode(failure))
        case .skipped(let reason): (3, JSONValue.string(reason).text())
        case .snoozed(let wait): (4, JSONValue.number(JSONNumber(wait.wholeMicroseconds)).text())
        case .handedBack: (5, nil)
        case .lost(let started): (started ? 6 : 7, nil)
        case .cancelled: (8, nil)
        case .deadlinePassed: (9, nil)
        }
    }

    package static func decode(_ code: Int64, _ data: JSONText?) throws -> AttemptEnd {
        switch code {
        case 0: return .succeeded(data)
        case 1: return .failed(try FailureCodec.decode(data ?? .null))
        case 2: return .timedOut(try FailureCodec.decode(data ?? .null))
        case 3: return .skipped(try OptionsCodec.text(data.map(OptionsCodec.value)))
        case 4: return .snoozed(try OptionsCodec.duration(data.map(OptionsCodec.value)))
        case 5: return .handedBack
        case 6: return .lost(started: true)
        case 7: return .lost(started: false)
        case 8: return .cancelled
        case 9: return .deadlinePassed
        default: throw damaged("an attempt ended with \(code)")
        }
    }
}

/// Lists of names, as JSON.
package enum NamesCodec {
    package static func encode(_ names: some Sequence<String>) -> JSONText {
        var writer = JSONWriter()
        writer.array { for name in names { $0.value(name) } }
        return writer.text
    }

    package static func decode(_ text: JSONText) throws -> [String] {
        try (OptionsCodec.value(text).arrayValue ?? []).map(OptionsCodec.text)
    }
}
#endif
