import LovageStore
import Testing

@testable import LovageTesting

struct UndisturbedTests {
    private let quiet = MachinePressure.Totals(processor: 0, disk: 0)

    /// Measures three times at most under readings before and after each; answers how often it measured.
    private func measurements(_ readings: [MachinePressure.Totals?]) async -> Int {
        var left = readings[...]
        let clock = TestClock()
        return await counted { body in
            await undisturbed(timekeeper: clock.timekeeper, read: { left.popFirst() ?? nil }) {
                clock.advance(by: .seconds(10))
                body()
            }
        }
    }

    private func counted(_ run: (() -> Void) async -> Void) async -> Int {
        var count = 0
        await run { count += 1 }
        return count
    }

    @Test func `what nobody disturbed is measured once`() async {
        #expect(await measurements([quiet, .init(processor: 2_500_000, disk: 2_500_000)]) == 1)
    }

    @Test func `what the machine disturbed is measured again, and counts the third time`() async {
        let (cpu, disk) = (
            MachinePressure.Totals(processor: 2_500_001, disk: 0), MachinePressure.Totals(processor: 0, disk: 2_500_001)
        )
        #expect(await measurements([quiet, cpu, quiet, quiet]) == 2)
        #expect(await measurements([quiet, disk, quiet, cpu]) == 3)
    }

    @Test func `where the kernel keeps no sums every measurement counts`() async {
        #expect(await measurements([nil]) == 1)
        #expect(await measurements([quiet, nil]) == 1)
    }

    @Test func `the sum is read from the line of those who waited at all`() {
        let text = """
            some avg10=99.96 avg60=99.09 avg300=94.43 total=1824682652
            full avg10=0.00 avg60=0.00 avg300=0.00 total=7
            """
        #expect(MachinePressure.Totals.someTotal(text) == 1_824_682_652)
        #expect(MachinePressure.Totals.someTotal("full total=7") == nil)
        #expect(MachinePressure.Totals.someTotal("some total=x") == nil)
    }
}
