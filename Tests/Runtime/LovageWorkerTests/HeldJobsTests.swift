import LovageCore
import LovageStore
import Testing

@testable import LovageWorker

/// What a worker holds, told what happens to one job in every order that a worker meets.
@Suite struct HeldJobsTests {
    private let held = HeldJobs()
    private let job = Job(
        id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001)), kind: "work",
        arguments: .emptyObject, options: JobOptions(),
        submitted: Moment(store: StoreTime(microseconds: 0), wall: WallTime(microseconds: 0)))

    private func begin() -> Bool { held.begin(job, TaskHandle(nil)).isBegun }

    @Test func `a job is held from its claim until its end is recorded`() {
        held.add([job], asked: .zero)
        #expect(held.holds == [job.hold])
        #expect(begin())
        #expect(held.holds == [job.hold])
        #expect(held.end(job))
        #expect(held.holds == [job.hold], "its end is not recorded yet")
        held.recorded([job.hold])
        #expect(held.holds == [])
        #expect(!held.end(job), "it is forgotten")
    }

    @Test func `a job that is lost while it waits does not begin, and has nothing to report`() {
        held.add([job], asked: .zero)
        #expect(held.lose(job.hold))
        #expect(held.holds == [])
        #expect(!held.lose(job.hold), "it is lost once")
        #expect(!begin())
        #expect(!held.end(job))
    }

    @Test func `a job that is lost while it waits is not handed back`() {
        held.add([job], asked: .zero)
        #expect(held.lose(job.hold))
        #expect(!held.end(job))
    }

    @Test func `an attempt that is lost while it runs has nothing to report`() {
        held.add([job], asked: .zero)
        #expect(begin())
        #expect(held.lose(job.hold))
        #expect(held.holds == [])
        #expect(!held.end(job))
    }

    @Test func `an end that counts no more before it is recorded stops nobody`() {
        held.add([job], asked: .zero)
        #expect(begin())
        #expect(held.end(job))
        #expect(!held.lose(job.hold))
        #expect(held.holds == [])
        held.recorded([job.hold])
    }

    @Test func `an attempt that outlives its hard limit is reported by its watcher, once, and is held until then`() {
        held.add([job], asked: .zero)
        #expect(begin())
        #expect(held.watch(job, TaskHandle(nil)))
        #expect(held.pass(Failure(kind: "timeout", message: "too long"), job.hold))
        #expect(held.limitPassed(job.hold)?.kind == "timeout")
        #expect(held.abandon(job.hold) == "work")
        #expect(held.abandon(job.hold) == nil)
        #expect(held.holds == [job.hold])
        held.recorded([job.hold])
        #expect(held.holds == [], "its handler still runs, and holds nothing")
        #expect(!held.end(job))
        #expect(!held.watch(job, TaskHandle(nil)), "there is nothing to watch any more")
    }

    @Test func `giving everything up leaves ends that wait to be recorded, and what was claimed since`() {
        let later = Job(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0002)), kind: "work",
            arguments: .emptyObject, options: JobOptions(), submitted: job.submitted)
        held.add([job, later], asked: .zero)
        #expect(begin())
        #expect(held.end(job))
        let young = Job(
            id: JobID(UUIDv7(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0003)), kind: "work",
            arguments: .emptyObject, options: JobOptions(), submitted: job.submitted)
        held.add([young], asked: .seconds(9))
        #expect(held.loseAll(askedBy: .seconds(5)))
        #expect(held.holds == [job.hold, young.hold])
        #expect(!held.loseAll(askedBy: .seconds(5)), "there is nothing left to stop")
        #expect(!held.begin(later, TaskHandle(nil)).isBegun)
        #expect(held.begin(young, TaskHandle(nil)).isBegun)
    }
}

extension HeldJobs.Beginning {
    var isBegun: Bool { if case .begun = self { true } else { false } }
}
