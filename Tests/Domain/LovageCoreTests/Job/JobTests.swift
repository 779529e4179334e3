import LovageCore
import Testing

struct JobTests {
    @Test func `a job begins where its options say`() {
        func state(_ start: JobOptions.Start, isHeld: Bool = false) -> JobState {
            Job(
                id: JobID(UUIDv7(high: 1, low: 1)), kind: "work", arguments: .null, options: JobOptions(start: start),
                submitted: now, isHeld: isHeld
            ).state
        }
        #expect(state(.immediately) == .ready)
        #expect(state(.after(.zero)) == .ready)
        #expect(state(.after(.seconds(-1))) == .ready)
        #expect(state(.after(.seconds(1))) == .suspended(.until(now.store + .seconds(1))))
        #expect(state(.at(now.wall)) == .ready)
        #expect(state(.at(now.wall + .microseconds(1))) == .suspended(.at(now.wall + .microseconds(1))))
        #expect(state(.immediately, isHeld: true) == .suspended(.needs))
    }

    @Test func `a step's delay counts from when its needs were met`() throws {
        let job = makeJob(JobOptions(start: .after(.seconds(9))), state: .suspended(.needs))
        let settled = try job.applying(.needsSettled(.run(.null)), at: now).written()
        #expect(settled?.state == .suspended(.until(now.store + .seconds(9))))
        #expect(settled?.arguments == .null)
    }

    @Test func `an attempt that was claimed ahead begins no earlier than its job's time`() throws {
        let due = now.store + .seconds(1)
        let lease = Lease(worker: worker, claimed: due, started: nil, expires: due + .seconds(30))
        for suspension in [Suspension.until(due), .retry(due), .at(now.wall + .seconds(1))] {
            let waiting = makeJob(state: .suspended(suspension))
            let claimed = try #require(try waiting.applying(.claimed(lease), at: now).written())
            #expect(claimed.state == .running(lease))
            let reports: [JobEvent] = [.ownerGone, .reported(fence: claimed.fence, .handedBack, entropy: 0)]
            for event in reports {
                #expect(try claimed.applying(event, at: now).written()?.state == .suspended(.until(due)))
                #expect(try claimed.applying(event, at: now.moving(to: due)).written()?.state == .ready)
            }
            let confirmed = try claimed.applying(.startConfirmed(fence: claimed.fence), at: now).written()
            #expect(confirmed?.started == due)
            let tooEarly = Lease(
                worker: worker, claimed: due + .microseconds(-1), started: nil, expires: due + .seconds(30))
            #expect(throws: IllegalTransition.self) { try waiting.applying(.claimed(tooEarly), at: now) }
        }
    }

    @Test func `the start window binds until the first start of the first generation`() throws {
        let options = JobOptions(startWithin: .seconds(200), crashLimit: 9)
        let ready = makeJob(options)
        #expect(ready.startBy == now.store + .seconds(100))
        let lost = makeClaimedJob(options, state: .running(makeLease(started: false)))
        #expect(try lost.applying(.ownerGone, at: now).written()?.startBy != nil)
        let started = makeClaimedJob(options, state: .running(makeLease(started: true)))
        #expect(try started.applying(.ownerGone, at: now).written()?.startBy == nil)
        var expired = ready
        expired.state = .finished(.expired)
        expired.finished = now.store
        #expect(try expired.applying(.retried(held: false), at: now).written()?.startBy == nil)
    }

    @Test func `the deadline binds the first generation only`() throws {
        var job = makeJob(JobOptions(deadline: .seconds(200)))
        #expect(job.deadline == now.store + .seconds(100))
        job.state = .finished(.failed(.deadline))
        job.finished = now.store
        #expect(try job.applying(.retried(held: false), at: now).written()?.deadline == nil)
    }

    @Test func `progress is held inside its range`() {
        #expect(Job.Progress(done: 7, total: 3) == Job.Progress(done: 3, total: 3))
        #expect(Job.Progress(done: -1, total: 0) == Job.Progress(done: 0, total: 1))
    }

    @Test func `a crash limit below one quarantines at the first loss and breaks no invariant`() throws {
        let options = JobOptions(crashLimit: 0, unstartedLimit: -3)
        for started in [true, false] {
            let job = makeClaimedJob(options, state: .running(makeLease(started: started)))
            let lost = try job.applying(.ownerGone, at: now).written()
            #expect(lost?.outcome == .failed(started ? .quarantined : .neverStarted))
            #expect(lost?.brokenInvariant == nil)
        }
    }

    @Test func `a broken job is found out`() {
        var unended = makeFinishedJob(.succeeded)
        unended.finished = nil
        #expect(unended.brokenInvariant == "a finished job says when")
        var early = makeJob()
        early.result = .null
        #expect(early.brokenInvariant == "only a finished job has a result")
        var fenceless = makeClaimedJob(state: .running(makeLease(started: true)))
        fenceless.fence = 0
        #expect(fenceless.brokenInvariant == "a running job has a fence")
    }

    @Test func `an illegal event names the state and itself`() {
        let job = makeFinishedJob(.succeeded)
        let error = #expect(throws: IllegalTransition.self) { try job.applying(.blocked(.limit("disk")), at: now) }
        #expect(error?.state == job.state)
        #expect(error?.event == .blocked(.limit("disk")))
        #expect(error?.description.contains("disk") == true)
    }

    @Test(arguments: ["x", "é", "😀", "👩‍👩‍👧‍👦", "e\u{301}\u{301}\u{301}"])
    func `a failure keeps at most 16 KiB of its message, whole characters of it`(character: String) {
        let failure = Failure(
            kind: String(repeating: character, count: 5_000), message: String(repeating: character, count: 40_000))
        #expect(failure.message.utf8.count <= Failure.longestMessage)
        #expect(failure.message.utf8.count > Failure.longestMessage - character.utf8.count)
        #expect(failure.message.allSatisfy { $0 == Character(character) })
        #expect(failure.kind.utf8.count <= Failure.longestKind)
        let short = Failure(kind: "exit 7", message: "short")
        #expect(short.message == "short")
        #expect(short.kind == "exit 7")
    }

    @Test func `a message that is one endless character is cut all the same`() {
        let message = "e" + String(repeating: "\u{301}", count: 40_000)
        #expect(Failure(kind: "k", message: message).message.utf8.count <= Failure.longestMessage)
    }

    @Test func `unique keys of equal members are equal, and of different modes never`() throws {
        func key(_ unique: JobOptions.Uniqueness, _ text: String, kind: Kind = "k") throws -> UniqueKey? {
            JobOptions(unique: unique).uniqueKey(kind: kind, arguments: try JSONText(validating: text))
        }
        let byAB = JobOptions.Uniqueness.members(["a", "b"])
        #expect(
            try key(byAB, #"{"b":[1, 2],"a":"x","n":1}"#)
                == key(.members(["b", "a", "a"]), #"{"a":"\u0078", "b":[1,2]}"#))
        #expect(try key(byAB, #"{"a":1}"#) == key(byAB, #"{"a":1,"b":null}"#))
        #expect(try key(byAB, #"{"a":1}"#) != key(byAB, #"{"a":2}"#))
        #expect(try key(byAB, "[]") == key(byAB, "{}"))
        #expect(try key(.allArguments, "[1]") == key(.allArguments, "[ 1]"))
        #expect(try key(.allArguments, "[1]") != key(.allArguments, "[1,1]"))
        #expect(try key(.allArguments, #"{"a":1}"#) != key(.members(["a"]), #"{"a":1}"#))
        #expect(try key(.allArguments, "1") != key(.allArguments, "1", kind: "other"))
    }
}
