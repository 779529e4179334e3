import LovageClient
import LovageCore
import LovageMemoryStore
import LovageTesting
import LovageWorker
import Testing

struct BulkTests {
    private struct Numbered: TypedJob {
        static let kind: Kind = "numbered"
        let number: Double
        func run(_ context: JobContext) async throws -> Double { number }
    }

    @Test(arguments: [0, 1, 128, 129, 1_000]) func `a bulk is stored in the order it was given in`(count: Int)
        async throws
    {
        let client = Client(MemoryStore(clock: TestClock().now))
        let handles = try await client.submit(many: (0..<count).map { Numbered(number: Double($0)) })
        #expect(Set(handles.map(\.id)).count == count)
        for (number, handle) in handles.enumerated() {
            #expect(try await client.job(handle.id)?.arguments.string == "{\"number\":\(number)}")
        }
    }

    @Test func `nothing of a bulk is stored when one of it has no JSON`() async throws {
        let store = MemoryStore(clock: TestClock().now)
        var works = (0..<1_000).map { Numbered(number: Double($0)) }
        works[777] = Numbered(number: .nan)
        await #expect(throws: EncodingError.self) { try await Client(store).submit(many: works) }
        #expect(store.model.queues().isEmpty)
    }
}
