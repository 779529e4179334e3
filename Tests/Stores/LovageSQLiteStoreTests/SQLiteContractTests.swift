#if SQLite
import LovageStoreContract
import Testing

@testable import LovageSQLiteStore

struct SQLiteContractTests {
    @Test(.serialized, .timeLimit(.minutes(5)), arguments: StoreContract.all)
    func `the SQLite store keeps its contract:`(_ contract: StoreContract) async throws {
        let folder = try ScratchFolder()
        try await contract.check { clock in try folder.store(clock: clock) }
    }
}
#endif
