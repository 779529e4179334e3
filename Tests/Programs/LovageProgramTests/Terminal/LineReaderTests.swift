import LovageAPI
import LovageCore
import Testing

@testable import lovage

@Suite struct `Lines of an input` {
    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `are counted as they stand, and are the bytes that were sent`(size: Int) throws {
        var reader = Self.reader("a\n\n \r\nbc\u{E9}\nlast", size)
        var lines: [LineReader.Line] = []
        while let line = try reader.next() { lines.append(line) }
        #expect(lines.map(\.number) == [1, 2, 3, 4, 5])
        #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "", " \r", "bc\u{E9}", "last"])
        #expect(lines.map(\.isBlank) == [false, true, true, false, false])
    }

    @Test func `have a bound, and no more than it is read for one line`() throws {
        var taken = 0
        var reader = LineReader(limit: 100) { count in
            taken += 10
            return [UInt8](repeating: 0, count: min(10, count))
        }
        let failure = #expect(throws: CommandFailure.self) { try reader.next() }
        #expect(failure?.message?.contains("more than 100 bytes") == true)
        #expect(taken <= 120)
        var late = Self.reader("\n" + String(repeating: "x", count: 101) + "\n", 1_000, limit: 100)
        #expect(try late.next()?.number == 1)
        #expect(throws: CommandFailure.self) { try late.next() }
        #expect(late.current == 2)
    }

    @Test func `are named where the API names jobs of a bulk`() {
        let problem = ProblemView(
            .invalidArguments, "x", field: "arguments",
            problems: ["jobs[1]: argument 's' must be a number", "jobs[2].queue is none"])
        let faults = LineFaults(problem, lines: [4, 9, 10])
        #expect(faults.first == 1)
        #expect(faults.text == "line 9: argument 's' must be a number; line 10.queue is none")
        #expect(LineFaults(ProblemView(.invalidRequest, "all of it"), lines: [4]).first == nil)
    }

    @Test func `are sent again in growing numbers while there is room`() {
        var room = RoomWait(5)
        #expect(room.next([3, 4, 5, 6, 7, 8, 9]) == [3])
        room.sent(isFull: false)
        room.sent(isFull: false)
        #expect(room.next([4, 5, 6, 7, 8, 9]) == [4, 5, 6, 7])
        room.sent(isFull: false)
        #expect(room.next([4, 5, 6, 7, 8, 9]).count == 5)
        room.sent(isFull: true)
        #expect(room.next([8, 9]) == [8])
    }

    private static func reader(_ text: String, _ size: Int, limit: Int = 1_000) -> LineReader {
        var rest = Array(text.utf8)
        return LineReader(limit: limit) { count in
            let piece = Array(rest.prefix(min(size, count)))
            rest.removeFirst(piece.count)
            return piece
        }
    }
}
