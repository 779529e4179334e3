#if SQLite
import GRDBSQLite
import LovageCore

/// The numbers that states and what belongs to them have in a file. They are never given another meaning.
enum StateCode {
    static let suspended: Int64 = 0
    static let ready: Int64 = 1
    static let blocked: Int64 = 2
    static let running: Int64 = 3
    static let finished: Int64 = 4

    static func code(_ name: JobState.Name) -> Int64 {
        switch name {
        case .suspended: suspended
        case .ready: ready
        case .blocked: blocked
        case .running: running
        case .finished: finished
        }
    }

    /// The range of `detail` that an outcome has.
    static func details(of outcome: Outcome.Name) -> ClosedRange<Int64> {
        switch outcome {
        case .succeeded: 0...0
        case .failed: 1...9
        case .cancelled: 10...19
        case .expired: 20...29
        case .skipped: 30...39
        }
    }
}

/// A state as the columns `state`, `detail`, `detail_text`, `due` and `due_wall` hold it.
struct StateColumns {
    var state: Int64
    var detail: Int64?
    var text: String?
    var due: Int64?
    var dueWall: Int64?

    init(_ state: JobState) {
        self.state = StateCode.code(state.name)
        switch state {
        case .ready, .running: break
        case .suspended(let suspension): set(suspension)
        case .blocked(.limit(let name)): (detail, text) = (0, name)
        case .blocked(.resource(let name)): (detail, text) = (1, name)
        case .finished(let outcome): set(outcome)
        }
    }

    private mutating func set(_ suspension: Suspension) {
        switch suspension {
        case .until(let time): (detail, due) = (0, time.microseconds)
        case .at(let time): (detail, dueWall) = (1, time.microseconds)
        case .needs: detail = 2
        case .signal(let name): (detail, text) = (3, name)
        case .retry(let time): (detail, due) = (4, time.microseconds)
        case .merged: detail = 5
        }
    }

    private mutating func set(_ outcome: Outcome) {
        switch outcome {
        case .succeeded: detail = 0
        case .failed(.error): detail = 1
        case .failed(.timedOut): detail = 2
        case .failed(.deadline): detail = 3
        case .failed(.quarantined): detail = 4
        case .failed(.neverStarted): detail = 5
        case .cancelled(.requested(let reason)): (detail, text) = (10, reason)
        case .cancelled(.unreachable(let step)): (detail, text) = (11, step)
        case .cancelled(.workflow(let reason)): (detail, text) = (12, reason)
        case .expired: detail = 20
        case .skipped(let reason): (detail, text) = (30, reason)
        }
    }
}

extension JobState {
    /// Reads the columns of `StateColumns`, in their order from `column`; `lease` is asked for when the job runs.
    init(_ row: PreparedStatement, from column: Int32, lease: () throws -> Lease) throws {
        let detail = row.int64(column + 1)
        let word = { row.text(column + 2) }
        switch row.int64(column) {
        case StateCode.ready: self = .ready
        case StateCode.running: self = .running(try lease())
        case StateCode.suspended:
            switch detail {
            case 0: self = .suspended(.until(row.time(column + 3)))
            case 1: self = .suspended(.at(WallTime(microseconds: row.int64(column + 4))))
            case 2: self = .suspended(.needs)
            case 3: self = .suspended(.signal(word()))
            case 4: self = .suspended(.retry(row.time(column + 3)))
            case 5: self = .suspended(.merged)
            case let other: throw damaged("a suspended job waits for \(other)")
            }
        case StateCode.blocked: self = .blocked(detail == 0 ? .limit(word()) : .resource(word()))
        case StateCode.finished: self = .finished(try Outcome(detail, word))
        case let other: throw damaged("a job has state \(other)")
        }
    }
}

extension Outcome {
    fileprivate init(_ detail: Int64, _ word: () -> String) throws {
        switch detail {
        case 0: self = .succeeded
        case 1: self = .failed(.error)
        case 2: self = .failed(.timedOut)
        case 3: self = .failed(.deadline)
        case 4: self = .failed(.quarantined)
        case 5: self = .failed(.neverStarted)
        case 10: self = .cancelled(.requested(word()))
        case 11: self = .cancelled(.unreachable(step: word()))
        case 12: self = .cancelled(.workflow(word()))
        case 20: self = .expired
        case 30: self = .skipped(word())
        default: throw damaged("a finished job has outcome \(detail)")
        }
    }
}

/// The file holds what no version of this program writes.
func damaged(_ what: String) -> SQLiteFailure { SQLiteFailure(code: SQLITE_CORRUPT, message: what) }
#endif
