import Glibc

/// What the command still has to read on its standard input.
struct CommandInput {
    private(set) var descriptor: CInt
    private var rest: ArraySlice<UInt8>

    init(descriptor: CInt, bytes: [UInt8]) {
        self.descriptor = descriptor
        rest = bytes[...]
        if bytes.isEmpty { close() }
    }

    /// Writes what the pipe takes. A command that closed its input does not want the rest.
    mutating func write() {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        rest = count < 0 ? [] : rest.dropFirst(count)
        if rest.isEmpty { close() }
    }

    mutating func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}

/// One output stream of the command, on its way through the cap.
struct CommandStream {
    private let stream: OutputChannel
    private(set) var descriptor: CInt
    private var capped: CappedOutput

    init(_ stream: OutputChannel, descriptor: CInt, limit: Int) {
        self.stream = stream
        self.descriptor = descriptor
        capped = CappedOutput(limit: limit)
    }

    var isHeadFull: Bool { capped.isHeadFull }
    var totals: OutputTotals { OutputTotals(written: capped.written, leftOut: capped.leftOut) }

    /// Reads once; true while there may be more at once.
    @discardableResult
    mutating func read(into outbox: inout Outbox) -> Bool {
        guard descriptor >= 0 else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { return true }
            if count < 0 && errno == EAGAIN { return false }
            guard count > 0 else {
                close(descriptor)
                descriptor = -1
                return false
            }
            let head = capped.take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
            if !head.isEmpty { outbox.put(.output(OutputChunk(stream: stream, bytes: head))) }
            return true
        }
    }

    /// Takes what is left in the pipe once nobody writes any more: at most what a pipe holds.
    mutating func drain(into outbox: inout Outbox) {
        while read(into: &outbox) {}
    }

    /// Passes the kept tail on.
    mutating func finish(into outbox: inout Outbox) {
        let tail = capped.finish()
        var start = 0
        while start < tail.count {
            let end = min(start + 64 * 1024, tail.count)
            outbox.put(.output(OutputChunk(stream: stream, bytes: Array(tail[start..<end]))))
            start = end
        }
    }
}

/// Frames on their way to the worker.
struct Outbox {
    private var bytes: [UInt8] = []
    private var sent = 0
    private var isClosed = false

    var isEmpty: Bool { bytes.count == sent }
    /// True when no more output should be read from the command for now.
    var isFull: Bool { bytes.count - sent > 256 * 1024 }

    mutating func put(_ frame: SupervisorFrame) {
        guard !isClosed else { return }
        bytes.append(contentsOf: frame.encoded())
    }

    /// Writes what the pipe takes. With the worker gone there is nobody to tell, and the rest is dropped.
    mutating func flush() {
        let count = bytes.withUnsafeBytes { write(1, $0.baseAddress?.advanced(by: sent), $0.count - sent) }
        if count < 0 {
            guard errno != EAGAIN, errno != EINTR else { return }
            isClosed = true
        } else {
            sent += count
        }
        if isClosed || sent == bytes.count {
            bytes.removeAll(keepingCapacity: !isClosed)
            sent = 0
        } else if sent > 1 << 20 {
            // Without this a command that writes as fast as the worker reads would let it grow for ever.
            bytes.removeFirst(sent)
            sent = 0
        }
    }
}
