#if SQLite
import LovageCore
import LovageSQLiteStore

extension FuzzTarget {
    /// Which codec on the first line, then what a damaged file holds in its column.
    static let records = FuzzTarget("records", "values in the columns of a damaged SQLite file") { bytes in
        let (name, rest) = firstLine(of: bytes)
        let text = JSONText(trusted: rest)
        do {
            switch name {
            case "options":
                let options = try OptionsCodec.decode(text)
                let again = try OptionsCodec.encode(options).map { try OptionsCodec.decode($0) }
                try promise(again ?? JobOptions() == options, "'\(text)' are other options when written")
            case "failure":
                let failure = try FailureCodec.decode(text)
                try promise(try FailureCodec.decode(FailureCodec.encode(failure)) == failure, "'\(text)' changes")
            case "names":
                let names = try NamesCodec.decode(text)
                try promise(try NamesCodec.decode(NamesCodec.encode(names)) == names, "'\(text)' changes")
            default:
                guard let code = Int64(name) else { return }
                let end = try EndCodec.decode(code, rest.isEmpty ? nil : text)
                let (written, data) = EndCodec.encode(end)
                try promise(written == code, "the end \(code) is written as \(written)")
                if case .succeeded = end { return }
                try promise(try EndCodec.decode(written, data) == end, "'\(text)' is another end when written")
            }
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            // Damage is said, not guessed at.
            try promise(!"\(error)".isEmpty, "damage without a word")
        }
    }
}
#endif
