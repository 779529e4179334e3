import Testing

@testable import LovageServer

struct ConnectionLedgerTests {
    private func full(_ phases: [ConnectionLedger<Int>.Phase]) -> ConnectionLedger<Int> {
        var ledger = ConnectionLedger<Int>(mostConnections: phases.count, mostWaits: 1)
        for id in phases.indices {
            #expect(ledger.opened(id) == nil)
            ledger.change(id, to: phases[id])
        }
        return ledger
    }

    @Test func `a newcomer takes the place of the one that has been idle for longest`() {
        var ledger = full([.answering, .idle, .idle])
        // It came before the other, and has been busy since.
        ledger.change(1, to: .answering)
        ledger.change(1, to: .idle)
        #expect(ledger.opened(3) == 2)
        #expect(ledger.opened(4) == 1)
    }

    @Test func `who sends a request slowly leaves after all who send none`() {
        var ledger = full([.receiving, .idle, .answering])
        #expect(ledger.opened(3) == 1)
        #expect(ledger.opened(4) == 3, "a newcomer that asks for nothing makes room as well")
        ledger.change(4, to: .answering)
        #expect(ledger.opened(5) == 0)
    }

    @Test func `nobody who is being answered is closed; who comes then is told so`() {
        var ledger = full([.answering, .answering])
        #expect(ledger.opened(2) == nil)
        ledger.change(2, to: .answering)
        #expect(!ledger.mayAnswer(2))
        #expect(ledger.mayAnswer(0) == false)
        ledger.closed(0)
        #expect(ledger.mayAnswer(2))
    }

    @Test func `one connection makes room for one newcomer`() {
        var ledger = full([.idle, .answering])
        #expect(ledger.opened(2) == 0)
        ledger.change(2, to: .answering)
        #expect(ledger.opened(3) == nil, "0 was told already")
        ledger.closed(0)
        ledger.closed(3)
        #expect(ledger.mayAnswer(2))
    }

    @Test func `waits have a bound of their own, and a place that is given back is taken again`() {
        var ledger = ConnectionLedger<Int>(mostConnections: 10, mostWaits: 2)
        let places = (0..<3).map { _ in ledger.beginWait() }
        #expect(places == [true, true, false])
        ledger.endWait()
        let place = ledger.beginWait()
        #expect(place)
        #expect(ledger.waits == 2)
    }

    @Test func `a reserve for short calls is needed`() {
        #expect(ServerConfiguration(version: "t", mostConnections: 10, mostWaits: 10).problems.count == 1)
        #expect(ServerConfiguration(version: "t", mostConnections: 10, mostWaits: 9).problems.isEmpty)
    }
}
