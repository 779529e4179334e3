import HTTPTypes
import LovageAPI
import LovageCore
import LovageMemoryStore
import LovageStore
import LovageTesting
import Testing

@testable import LovageServer

@Suite(.timeLimit(.minutes(5))) struct LogRouteTests {
    private func started(_ bed: Bed, _ api: API) async throws -> Job {
        try await bed.register()
        _ = try await api.post("/jobs", #"{"kind":"k"}"#)
        return try #require(try await bed.claim().first)
    }

    private func write(_ bed: Bed, _ job: Job, _ text: String, _ stream: LogPiece.Stream = .output) async throws {
        try await write(bed, job, Array(text.utf8), stream)
    }

    private func write(_ bed: Bed, _ job: Job, _ bytes: [UInt8], _ stream: LogPiece.Stream = .output) async throws {
        try await bed.log.append(
            LogPiece(stream: stream, bytes: bytes), to: AttemptKey(job: job.id, attempt: job.attempts))
    }

    @Test func `the output so far is text, all streams in order`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let job = try await started(bed, api)
            try await write(bed, job, "one\n")
            try await write(bed, job, "two\n", .error)
            let log = try await api.get("/jobs/\(job.id)/logs")
            #expect(log.text == "one\ntwo\n")
            #expect(log.headers[.contentType] == "text/plain; charset=utf-8")
            let unknown = try await api.get("/jobs/\(job.id)/logs?attempt=99")
            #expect(unknown.status == 404)
            #expect(unknown.code == "unknown_attempt")
            #expect(unknown.text.contains("has no attempt 99: it had 1 attempt"))
        }
    }

    @Test(arguments: Bed.Way.allCases)
    func `following a log gives what is written until the attempt ends`(_ way: Bed.Way) async throws {
        let bed = Bed()
        try await bed.run(way) { api in
            let job = try await started(bed, api)
            try await write(bed, job, "early\n")
            async let followed = api.get("/jobs/\(job.id)/logs?follow=true")
            await bed.clock.sleepers(atLeast: 1)
            try await write(bed, job, "late \"quoted\"\n", .error)
            try await bed.end(job, .succeeded(nil))
            let text = try await followed.text
            #expect(
                text.contains(
                    "id: 1\nevent: output\ndata: {\"attempt\":1,\"stream\":\"stdout\",\"text\":\"early\\n\"}\n\n"))
            #expect(text.contains(#""stream":"stderr","text":"late \"quoted\"\n""#))
            #expect(
                text.hasSuffix("event: end\ndata: {\"attempt\":1,\"state\":\"finished\",\"outcome\":\"succeeded\"}\n\n")
            )
        }
    }

    @Test func `following goes on behind the last event, and refuses what is no place in the log`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let job = try await started(bed, api)
            try await write(bed, job, "one")
            try await write(bed, job, "two")
            try await bed.end(job, .succeeded(nil))
            let path = "/jobs/\(job.id)/logs?follow=true"
            let text = try await api.get(path, headers: ["Last-Event-ID": "1"]).text
            #expect(!text.contains("one"))
            #expect(text.contains("two"))
            for id in ["9", "-1", "x", "99999999999999999999", "+1", "01", ""] {
                #expect(try await api.get(path, headers: ["Last-Event-ID": id]).code == "invalid_request")
            }
        }
    }

    @Test(arguments: [[0xff, 0xe2], [0x63, 0x61, 0x66, 0xe9, 0x0a], [0x1f, 0x8b, 0, 3], [0xed, 0xa0, 0x80], [0]])
    func `every byte that is written is in an event, in order, whatever the pieces cut through`(
        _ strange: [UInt8]
    ) async throws {
        let bed = Bed()
        try await bed.run { api in
            let job = try await started(bed, api)
            let bytes = Array("a€b".utf8)
            let pieces: [([UInt8], LogPiece.Stream)] = [
                (Array(bytes[..<2]), .output), (Array("other\n".utf8), .error), (Array(bytes[2...]), .output),
                (strange, .output),
            ]
            for (piece, stream) in pieces { try await write(bed, job, piece, stream) }
            try await bed.end(job, .succeeded(nil))
            let followed = try await api.get("/jobs/\(job.id)/logs?follow=true")
            #expect(try Self.bytes(of: followed) == pieces.flatMap(\.0))
            #expect(try await api.get("/jobs/\(job.id)/logs").bytes == pieces.flatMap(\.0))
        }
    }

    private static func bytes(of answer: API.Answer) throws -> [UInt8] {
        var parser = EventParser()
        parser.feed(answer.bytes)
        var bytes: [UInt8] = []
        while let event = parser.next() {
            guard event.name == "output" else { continue }
            bytes += try LogPieceView(try JSONText(validating: event.data, limits: .trusted), isStrict: true).bytes
        }
        return bytes
    }

    @Test func `text is sent as text, and only what is none as base64 besides`() throws {
        let text = LogPieceView(attempt: 1, stream: .stdout, bytes: Array("é\n".utf8)).json.string
        #expect(text == #"{"attempt":1,"stream":"stdout","text":"é\n"}"#)
        let other = LogPieceView(attempt: 1, stream: .stdout, bytes: [0x63, 0xe9]).json.string
        #expect(other == "{\"attempt\":1,\"stream\":\"stdout\",\"text\":\"c\u{FFFD}\",\"base64\":\"Y+k=\"}")
    }

    @Test func `a character that comes in two pieces is shown as one`() {
        var characters = WholeCharacters()
        let bytes = Array("a€b".utf8)
        let texts = [Array(bytes[..<2]), Array(bytes[2...]), [0xff, 0xe2]].map { characters.text(of: $0) }
        #expect(texts == ["a", "€b", "\u{FFFD}"])
        let ends = [characters.end(), characters.end()]
        #expect(ends == ["\u{FFFD}", ""])
    }

    @Test func `a silent log says now and then that it is still followed`() async throws {
        let bed = Bed()
        try await bed.run { api in
            let job = try await started(bed, api)
            async let followed = api.get("/jobs/\(job.id)/logs?follow=true")
            for _ in 0..<3 {
                await bed.clock.sleepers(atLeast: 1)
                bed.clock.advance(by: .seconds(15))
            }
            await bed.clock.sleepers(atLeast: 1)
            try await bed.end(job, .handedBack)
            let text = try await followed.text
            #expect(text.contains(": still running\n\n"))
            #expect(text.contains(#""state":"ready","outcome":null"#))
        }
    }
}
