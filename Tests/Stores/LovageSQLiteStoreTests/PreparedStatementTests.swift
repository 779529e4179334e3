#if SQLite
import GRDB
import Testing

@testable import LovageSQLiteStore

struct PreparedStatementTests {
    /// A text that a position has already is not bound again, whatever else was bound there in between.
    @Test func `a position has the value that was bound last`() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { db in
            let connection = try Connections.connection(of: db)
            let sql = SQL("SELECT typeof(?1), ?1, ?2")
            func row(_ bind: (PreparedStatement) -> Void) throws -> [String] {
                let statement = try connection.statement(sql)
                bind(statement)
                return try statement.first { [$0.text(0), $0.text(1), $0.text(2)] } ?? []
            }
            let other = "a text that is too long to be kept in the place of its address"
            #expect(try row { $0.bind("text").bind(other) } == ["text", "text", other])
            #expect(try row { $0.bind("text").bind(other) } == ["text", "text", other])
            #expect(try row { $0.bind(nil as Int64?).bind(other) } == ["null", "", other])
            #expect(try row { $0.bind("text").bind("") } == ["text", "text", ""])
            #expect(try row { $0.bind(7 as Int64?).bind(nil as String?) } == ["integer", "7", ""])
            #expect(try row { $0.bind("text").bind("text") } == ["text", "text", "text"])
            #expect(try row { $0.bind(Array("text".utf8)).bind("text") } == ["blob", "text", "text"])
            #expect(try row { $0.bind("text").bind("text") } == ["text", "text", "text"])
            connection.finish()
        }
    }
}
#endif
