import LovageMemoryStore
import LovageStoreContract
import Testing

struct MemoryStoreContractTests {
    @Test(.timeLimit(.minutes(5)), arguments: StoreContract.all)
    func `the memory store keeps its contract:`(_ contract: StoreContract) async throws {
        try await contract.check { clock in MemoryStore(clock: clock.read) }
    }

    @Test func `the contract has at least sixty cases, each with a sentence of its own`() {
        #expect(StoreContract.all.count >= 60)
        #expect(Set(StoreContract.all.map(\.name)).count == StoreContract.all.count)
    }
}
