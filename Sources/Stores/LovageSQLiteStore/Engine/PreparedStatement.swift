#if SQLite
import GRDBSQLite
import LovageCore

/// One compiled statement of one connection, bound and read by position.
///
/// GRDB opens, serialises and closes the connections; statements on the path of a job are bound by hand, because
/// `StatementArguments` and `Row` box every value, which costs more than the statement itself at thirty columns a job.
final class PreparedStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private var position: Int32 = 0
    /// The text that each position has, if it has one: rows in a row mostly have the same kind and queue, and binding one
    /// again makes SQLite copy it again.
    private var texts: [String?]

    /// SQLite copies what is bound before the call returns.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ sql: String, on connection: OpaquePointer) throws {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw SQLiteFailure(connection) }
        self.handle = handle
        self.connection = connection
        texts = Array(repeating: nil, count: Int(sqlite3_bind_parameter_count(handle)) + 1)
    }

    deinit { sqlite3_finalize(handle) }

    // Binding: values go in from the left; `fresh` begins again.

    /// Makes the statement ready for new values. Whatever it was doing is given up.
    func fresh() -> PreparedStatement {
        sqlite3_reset(handle)
        position = 0
        return self
    }

    /// Goes to the next position, whose text is `text` from now on. Most have none and had none: a write into the array of
    /// a class's property is checked for exclusive access each time, which was 3 % of a bulk.
    private func advance(text: String? = nil) {
        position += 1
        if text != nil || texts[Int(position)] != nil { texts[Int(position)] = text }
    }

    @discardableResult
    func bind(_ value: Int64?) -> PreparedStatement {
        advance()
        if let value { sqlite3_bind_int64(handle, position, value) } else { sqlite3_bind_null(handle, position) }
        return self
    }

    @discardableResult
    func bind(_ value: Int?) -> PreparedStatement { bind(value.map(Int64.init)) }

    @discardableResult
    func bind(_ value: StoreTime?) -> PreparedStatement { bind(value?.microseconds) }

    @discardableResult
    func bind(_ value: String?) -> PreparedStatement {
        if let value, texts[Int(position) + 1] == value {
            position += 1
            return self
        }
        advance(text: value)
        guard var value else {
            sqlite3_bind_null(handle, position)
            return self
        }
        value.withUTF8 { buffer in
            // An empty text may have no address, and binding none would bind NULL.
            if let address = buffer.baseAddress {
                address.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
                    _ = sqlite3_bind_text(handle, position, $0, Int32(buffer.count), Self.transient)
                }
            } else {
                _ = sqlite3_bind_text(handle, position, "", 0, Self.transient)
            }
        }
        return self
    }

    @discardableResult
    func bind(_ value: [UInt8]?) -> PreparedStatement {
        advance()
        guard let value else {
            sqlite3_bind_null(handle, position)
            return self
        }
        value.withUnsafeBytes { buffer in
            if let address = buffer.baseAddress {
                _ = sqlite3_bind_blob(handle, position, address, Int32(buffer.count), Self.transient)
            } else {
                _ = sqlite3_bind_zeroblob(handle, position, 0)
            }
        }
        return self
    }

    @discardableResult
    func bind(_ value: JSONText?) -> PreparedStatement { bind(value?.bytes) }

    @discardableResult
    func bind(_ value: UUIDv7?) -> PreparedStatement {
        advance()
        guard let value else {
            sqlite3_bind_null(handle, position)
            return self
        }
        let words = (value.high.bigEndian, value.low.bigEndian)
        withUnsafeBytes(of: words) { _ = sqlite3_bind_blob(handle, position, $0.baseAddress, 16, Self.transient) }
        return self
    }

    // Running.

    /// Goes to the next row; false when there is none.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let failure = SQLiteFailure(connection)
            sqlite3_reset(handle)
            throw failure
        }
    }

    /// Runs to the end; answers how many rows were changed.
    @discardableResult
    func run() throws -> Int {
        while try step() {}
        sqlite3_reset(handle)
        return Int(sqlite3_changes(connection))
    }

    /// Every row, read by `body`.
    func all<Value>(_ body: (PreparedStatement) throws -> Value) throws -> [Value] {
        defer { sqlite3_reset(handle) }
        var values: [Value] = []
        while try step() { values.append(try body(self)) }
        return values
    }

    /// Reads row after row while `body` says to go on.
    func each(_ body: (PreparedStatement) throws -> Bool) throws {
        defer { sqlite3_reset(handle) }
        while try step(), try body(self) {}
    }

    /// The first row, read by `body`; nil when there is none.
    func first<Value>(_ body: (PreparedStatement) throws -> Value) throws -> Value? {
        defer { sqlite3_reset(handle) }
        return try step() ? try body(self) : nil
    }

    // Reading, columns counted from 0.

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func int(_ column: Int32) -> Int { Int(int64(column)) }

    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

    func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }

    func time(_ column: Int32) -> StoreTime { StoreTime(microseconds: int64(column)) }

    func optionalTime(_ column: Int32) -> StoreTime? { optionalInt64(column).map(StoreTime.init) }

    func text(_ column: Int32) -> String {
        guard let address = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: address, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(sqlite3_column_bytes(handle, column))
        guard count > 0, let address = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: address, count: count))
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    func json(_ column: Int32) -> JSONText { JSONText(trusted: bytes(column)) }

    func optionalJSON(_ column: Int32) -> JSONText? { isNull(column) ? nil : json(column) }

    func uuid(_ column: Int32) throws -> UUIDv7 {
        guard sqlite3_column_bytes(handle, column) == 16, let address = sqlite3_column_blob(handle, column) else {
            throw SQLiteFailure(code: SQLITE_CORRUPT, message: "an id is not 16 bytes long")
        }
        let high = UInt64(bigEndian: address.loadUnaligned(as: UInt64.self))
        let low = UInt64(bigEndian: address.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        return UUIDv7(high: high, low: low)
    }

    func optionalUUID(_ column: Int32) throws -> UUIDv7? { isNull(column) ? nil : try uuid(column) }
}
#endif
