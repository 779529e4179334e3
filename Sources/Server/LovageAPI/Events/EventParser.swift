/// Reads Server-Sent Events from bytes as they come (HTML, section 9.2.6), as far as our server uses them.
package struct EventParser {
    /// One event; the fields that were left out have the values of the standard.
    package struct Event: Sendable, Hashable {
        package var id = ""
        package var name = "message"
        package var data = ""

        /// Makes an event.
        package init(id: String = "", name: String = "message", data: String = "") {
            (self.id, self.name, self.data) = (id, name, data)
        }
    }

    private var line: [UInt8] = []
    private var event = Event()
    private var hasData = false
    private var ready: [Event] = []

    /// Begins where an event begins.
    package init() {}

    /// Takes more bytes.
    package mutating func feed(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                endLine()
            } else {
                line.append(byte)
            }
        }
    }

    /// The next whole event; nil when more bytes are needed.
    package mutating func next() -> Event? { ready.isEmpty ? nil : ready.removeFirst() }

    private mutating func endLine() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else { return dispatch() }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "id": event.id = value
        case "event": event.name = value
        case "data":
            event.data += hasData ? "\n" + value : value
            hasData = true
        default: break
        }
    }

    private mutating func dispatch() {
        if hasData { ready.append(event) }
        // The id stands until another one comes; name and data are those of one event.
        event = Event(id: event.id)
        hasData = false
    }
}
