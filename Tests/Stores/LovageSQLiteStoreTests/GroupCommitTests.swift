#if SQLite
import Dispatch
import Foundation
import GRDBSQLite
import LovageCore
import LovageStore
import LovageStoreContract
import Synchronization
import Testing

@testable import LovageSQLiteStore

struct GroupCommitTests {
    /// Stops the writer between the last change and the commit, and counts commits.
    final class Gate: Sendable {
        private let isArmed = Mutex(false)
        private let count = Mutex(0)
        private let reached = AsyncStream.makeStream(of: Void.self)
        private let released = DispatchSemaphore(value: 0)

        var faults: SQLiteFaults {
            SQLiteFaults(beforeCommit: { [self] in
                count.withLock { $0 += 1 }
                let stops = isArmed.withLock { isArmed in
                    defer { isArmed = false }
                    return isArmed
                }
                guard stops else { return }
                reached.continuation.yield()
                released.wait()
            })
        }

        var commits: Int { count.withLock { $0 } }

        func arm() { isArmed.withLock { $0 = true } }

        func waitUntilReached() async {
            for await _ in reached.stream { return }
        }

        func release() { released.signal() }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    /// Runs a task on a thread that is nobody else's.
    private final class OneThread: TaskExecutor {
        private let queue = DispatchQueue(label: "caller")
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a crash between apply and commit has answered nobody, and stored nothing`() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        let answered = Counter()
        gate.arm()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask {
                    let answers = try await store.submit(submissions(1, from: number))
                    #expect(answers.first?.id == submissions(1, from: number)[0].id)
                    answered.add()
                }
            }
            await gate.waitUntilReached()
            #expect(answered.value == 0)
            try folder.copyAsAfterKill("store.db", to: "crashed.db")
            gate.release()
            try await group.waitForAll()
        }
        let crashed = try folder.store("crashed.db")
        #expect(try await crashed.jobs(JobFilter(), page: PageRequest(limit: 100)).items.isEmpty)
        #expect(try await store.jobs(JobFilter(), page: PageRequest(limit: 100)).items.count == 20)
    }

    @Test(.timeLimit(.minutes(5)))
    func `whoever comes while a commit is under way shares the next one, and a failing one fails alone`() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        _ = try await store.submit(submissions(1))
        let running = try #require(try await claim(store, upTo: 1).first)
        let before = gate.commits
        gate.arm()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await store.submit(submissions(1, from: 100)).count == 1 }
            await gate.waitUntilReached()
            for number in 200..<250 {
                group.addTask { try await store.submit(submissions(1, from: number)).count == 1 }
            }
            group.addTask {
                // A job that runs cannot be claimed again: that is our bug, and the call is refused.
                let lease = Lease(
                    worker: worker, claimed: store.now().store, started: nil, expires: store.now().store)
                await #expect(throws: StoreError.self) {
                    try await store.apply([
                        JobChange(submissions(1, from: 100)[0].id, .cancelled(.requested("rolled back"))),
                        JobChange(running.id, .claimed(lease)),
                    ])
                }
                return true
            }
            while store.writes.waitingCount < 51 { await Task.yield() }
            gate.release()
            for try await isDone in group { #expect(isDone) }
        }
        #expect(gate.commits == before + 2)
        #expect(try await store.jobs(JobFilter(), page: PageRequest(limit: 100)).items.count == 52)
        // What the refused call did before it failed is undone.
        #expect(try await store.job(submissions(1, from: 100)[0].id)?.state == .ready)
        #expect(try await store.queues().first?.ready == 51)
    }

    private static let request = ClaimRequest(
        worker: worker, offer: ClaimRule.Offer(kinds: ["work"], queues: ["default"]), limit: 4, starting: 4,
        lease: .seconds(30))

    @Test(.timeLimit(.minutes(5))) func `a claim that waits is carried out by the commit of the submission`()
        async throws
    {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        async let claimed = store.claim(Self.request, waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        let before = gate.commits
        gate.arm()
        async let submitted = store.submit(submissions(1))
        await gate.waitUntilReached()
        // Neither is answered before the commit, and a crash now would find neither.
        try folder.copyAsAfterKill("store.db", to: "crashed.db")
        gate.release()
        #expect(try await claimed.map(\.id) == submissions(1).map(\.id))
        #expect(try await submitted == [.created(submissions(1)[0].id)])
        #expect(gate.commits == before + 1)
        #expect(try await folder.store("crashed.db").job(submissions(1)[0].id) == nil)
    }

    /// The end of one job as its worker reports it, and a claim for its place.
    private static func reportAndClaim(_ job: Job, _ store: SQLiteStore) async throws -> NextWork {
        try await store.reportAndClaim(
            [JobChange(job.id, .reported(fence: job.fence, .succeeded(nil), entropy: 0))], for: request)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a report with a claim is one commit, on the thread of the caller when nobody else writes`()
        async throws
    {
        let folder = try ScratchFolder()
        let gate = Gate()
        let threads = Mutex<[pthread_t]>([])
        let store = try folder.store(
            faults: SQLiteFaults(beforeCommit: {
                threads.withLock { $0.append(pthread_self()) }
                try gate.faults.beforeCommit()
            }))
        _ = try await store.submit(submissions(2))
        let job = try #require(try await claim(store, upTo: 1).first)
        let before = gate.commits
        // A task of its own thread: what resumes on another one would be seen.
        let caller = OneThread()
        let (thread, next) = try await Task(executorPreference: caller) {
            (pthread_self(), try await Self.reportAndClaim(job, store))
        }.value
        #expect(next.jobs.map(\.id) == submissions(1, from: 2).map(\.id))
        #expect(gate.commits == before + 1)
        #expect(threads.withLock { $0.last } == thread)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a report with a claim under another commit shares the next one, and leaves nothing waiting`()
        async throws
    {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        _ = try await store.submit(submissions(1))
        let job = try #require(try await claim(store, upTo: 1).first)
        let before = gate.commits
        gate.arm()
        async let first = store.submit(submissions(1, from: 2))
        await gate.waitUntilReached()
        async let second = store.submit(submissions(1, from: 3))
        async let next = Self.reportAndClaim(job, store)
        while store.writes.waitingCount < 2 { await Task.yield() }
        gate.release()
        #expect(try await next.answers.count == 1)
        _ = try await (first, second)
        #expect(gate.commits == before + 2)
    }

    /// A disk that kept the sweep waiting had kept the renewal waiting as well, which then came second.
    @Test(.timeLimit(.minutes(5)))
    func `a sweep that waited for the disk takes nothing from a worker whose renewal waits behind it`() async throws {
        let folder = try ScratchFolder()
        let gate = Gate()
        let clock = VirtualClock()
        let store = try folder.store(clock: clock, faults: gate.faults)
        _ = try await store.submit(submissions(1))
        let job = try #require(try await claim(store, upTo: 1).first)
        gate.arm()
        async let first = store.submit(submissions(1, from: 2))
        await gate.waitUntilReached()
        async let swept = store.sweep(upTo: 10)
        while store.writes.waitingCount < 1 { await Task.yield() }
        async let lost = store.renew(worker, lease: .seconds(30), holding: [Hold(id: job.id, fence: job.fence)])
        while store.writes.waitingCount < 2 { await Task.yield() }
        clock.advance(by: .seconds(300))
        gate.release()
        #expect(try await swept == 0)
        #expect(try await lost.isEmpty)
        _ = try await first
        #expect(try await store.sweep(upTo: 10) == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `whoever comes while a report with a claim commits is served after it`()
        async throws
    {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        _ = try await store.submit(submissions(1))
        let job = try #require(try await claim(store, upTo: 1).first)
        gate.arm()
        let caller = OneThread()
        async let next = Task(executorPreference: caller) { try await Self.reportAndClaim(job, store) }.value
        await gate.waitUntilReached()
        async let submitted = store.submit(submissions(1, from: 2))
        while store.writes.waitingCount < 1 { await Task.yield() }
        gate.release()
        #expect(try await next.answers.count == 1)
        #expect(try await submitted.count == 1)
        #expect(try await store.submit(submissions(1, from: 3)).count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `a commit that fails gives a claim nothing, and leaves it waiting`()
        async throws
    {
        let folder = try ScratchFolder()
        let fails = Mutex(false)
        let store = try folder.store(
            faults: SQLiteFaults(beforeCommit: {
                if fails.withLock({ $0 }) { throw SQLiteFailure(code: SQLITE_IOERR, message: "the test said so") }
            }))
        async let claimed = store.claim(Self.request, waiting: ClaimTicket())
        while !store.writes.hasWaitingClaims { await Task.yield() }
        fails.withLock { $0 = true }
        await #expect(throws: StoreError.self) { try await store.submit(submissions(1)) }
        fails.withLock { $0 = false }
        _ = try await store.submit(submissions(1, from: 2))
        #expect(try await claimed.map(\.id) == submissions(1, from: 2).map(\.id))
    }

    @Test(.timeLimit(.minutes(5))) func `a claim withdrawn under a commit that serves it keeps its jobs`() async throws
    {
        let folder = try ScratchFolder()
        let gate = Gate()
        let store = try folder.store(faults: gate.faults)
        let ticket = ClaimTicket()
        async let claimed = store.claim(Self.request, waiting: ticket)
        while !store.writes.hasWaitingClaims { await Task.yield() }
        gate.arm()
        async let submitted = store.submit(submissions(1))
        await gate.waitUntilReached()
        ticket.withdraw()
        gate.release()
        #expect(try await claimed.count == 1)
        _ = try await submitted
    }

    @Test(.timeLimit(.minutes(5))) func `a store that is closed refuses the claims that wait`() async throws {
        let store = try ScratchFolder().store()
        async let code = { () -> StoreError.Code? in
            await #expect(throws: StoreError.self) { try await store.claim(Self.request, waiting: ClaimTicket()) }?.code
        }()
        while !store.writes.hasWaitingClaims { await Task.yield() }
        try store.close()
        #expect(await code == .closed)
    }

    @Test func `a commit that fails stores nothing, tells every caller, and needs no restart`() async throws {
        let folder = try ScratchFolder()
        let failing = Mutex<Int32?>(nil)
        let store = try folder.store(
            faults: SQLiteFaults(beforeCommit: {
                guard let code = failing.withLock({ $0 }) else { return }
                throw SQLiteFailure(code: code, message: "the test said so")
            }))
        _ = try await store.submit(submissions(1))
        for (code, expected) in [(SQLITE_FULL, StoreError.Code.full), (SQLITE_IOERR, .inputOutput)] {
            failing.withLock { $0 = code }
            let error = await #expect(throws: StoreError.self) { try await store.submit(submissions(5, from: 10)) }
            #expect(error?.code == expected)
            let health = await store.health()
            #expect(!health.isWritable)
            #expect(health.problem?.contains(expected.description) == true)
            failing.withLock { $0 = nil }
            #expect(await store.health().isWritable)
        }
        #expect(try await store.queues().first?.ready == 1)
        _ = try await store.submit(submissions(5, from: 10))
        // Sequence numbers and counts are those of a store to which nothing happened.
        #expect(try await claim(store, upTo: 10).map(\.sequence) == [1, 2, 3, 4, 5, 6])
    }

    /// What the writer knows by heart is the file's, also after a commit that did not come to be.
    @Test func `a claim whose commit failed is forgotten: the job is there for the next one, its attempt is not`()
        async throws
    {
        let folder = try ScratchFolder()
        let isFailing = Mutex(false)
        let store = try folder.store(
            faults: SQLiteFaults(beforeCommit: {
                if isFailing.withLock({ $0 }) { throw SQLiteFailure(code: SQLITE_IOERR, message: "the test said so") }
            }))
        let id = submissions(1)[0].id
        _ = try await store.submit(submissions(1))
        isFailing.withLock { $0 = true }
        var request = Self.request
        // Looks a second time at the line that it has just emptied.
        request.offer = ClaimRule.Offer(kinds: ["work"], queues: ["default", "default"])
        await #expect(throws: StoreError.self) { try await store.claim(request) }
        isFailing.withLock { $0 = false }
        let report = JobEvent.reported(fence: 1, .succeeded(nil), entropy: 0)
        #expect(try await store.apply([JobChange(id, report)]) == [.stale])
        #expect(try await store.claim(request).map(\.id) == [id])
        #expect(
            try await store.apply([JobChange(id, report)]).count { if case .changed = $0 { true } else { false } } == 1)
    }

    @Test func `a disk that does not confirm a commit is said so once, and is not written to again`() async throws {
        let folder = try ScratchFolder()
        let isFailing = Mutex(false)
        let unconfirmed = Counter()
        let commits = Counter()
        let configuration = SQLiteConfiguration(
            path: folder.file(),
            unconfirmed: { error in
                #expect(error.code == .inputOutput)
                unconfirmed.add()
            })
        let store = try SQLiteStore(
            configuration,
            faults: SQLiteFaults(beforeCommit: {
                commits.add()
                guard isFailing.withLock({ $0 }) else { return }
                throw SQLiteFailure(code: SQLiteFailure.fileNotSynced, message: "the test said so")
            }))
        _ = try await store.submit(submissions(1))
        isFailing.withLock { $0 = true }
        let error = await #expect(throws: StoreError.self) { try await store.submit(submissions(1, from: 2)) }
        #expect(error?.cause.contains("may or may not be stored") == true)
        isFailing.withLock { $0 = false }
        let before = commits.value
        let after = await #expect(throws: StoreError.self) { try await store.submit(submissions(1, from: 3)) }
        #expect(after?.code == .inputOutput)
        #expect(await !store.health().isWritable)
        #expect(commits.value == before)
        #expect(unconfirmed.value == 1)
        #expect(try await store.job(submissions(1)[0].id) != nil)
    }

    @Test func `a closed store refuses, after it has done what was asked`() async throws {
        let folder = try ScratchFolder()
        let store = try folder.store()
        _ = try await store.submit(submissions(3))
        try store.close()
        try store.close()
        for code in [
            await #expect(throws: StoreError.self) { try await store.submit(submissions(1, from: 9)) }?.code,
            await #expect(throws: StoreError.self) { try await store.job(submissions(1)[0].id) }?.code,
        ] { #expect(code == .closed) }
        let again = try folder.store()
        #expect(try await again.queues().first?.ready == 3)
    }
}
#endif
