import LovageCore
import LovageStore

extension StoreContract {
    static let reporting = [
        StoreContract("a success is stored with its result, byte for byte") { bench in
            let text = #"{"b":1, "a" : "é\u0000" }"#
            let job = try await bench.running(bench.worker())
            bench.clock.advance(by: .seconds(2))
            let ended = try await bench.reported(job, .succeeded(JSONText(validating: text)))
            try expect(ended.state, is: .finished(.succeeded), "its state")
            try expect(ended.result?.bytes, is: Array(text.utf8), "its result")
            try expect(ended.finished, is: bench.now.store, "when it ended")
            try expect(try await bench.job(job.id), is: ended, "what is stored is what was answered")
        },
        StoreContract("a success without a result has none") { bench in
            let job = try await bench.running(bench.worker())
            try expect(try await bench.reported(job, .succeeded(nil)).result, is: nil, "its result")
        },
        StoreContract("a report that is repeated changes nothing") { bench in
            let job = try await bench.running(bench.worker())
            let ended = try await bench.reported(job, .succeeded(.emptyObject))
            bench.clock.advance(by: .seconds(1))
            try expect(try await bench.report(job, .succeeded(nil)), is: .unchanged(ended), "the answer")
            try expect(try await bench.job(job.id), is: ended, "the job")
        },
        StoreContract("a report under an old fence is stale and changes nothing") { bench in
            let first = try await bench.worker("first")
            let lost = try await bench.running(first)
            try await bench.store.retire(first)
            let job = try await bench.claimOne(bench.worker("second"))
            try expect(job.fence > lost.fence, "the fence grows")
            try expect(try await bench.report(lost, .succeeded(.emptyObject)), is: .stale, "the answer")
            try expect(try await bench.job(job.id), is: job, "the job")
            try expect(try await bench.reported(job, .succeeded(nil)).outcome, is: .succeeded, "its holder's counts")
        },
        StoreContract("a report of an attempt that was lost is stale even before the job is claimed again") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            try await bench.store.retire(worker)
            try expect(try await bench.report(job, .succeeded(nil)), is: .stale, "the answer")
            try expect(try await bench.job(job.id).state, is: .ready, "its state")
        },
        StoreContract("what comes from an attempt that no longer holds its job is counted") { bench in
            let first = try await bench.worker("first")
            let lost = try await bench.running(first)
            try await bench.store.retire(first)
            let job = try await bench.claimOne(bench.worker("second"))
            try expect(await bench.store.health().staleWrites, is: 0, "the number before")
            try await bench.report(lost, .succeeded(nil))
            try await bench.apply(lost.id, .published(fence: lost.fence, .progress(Job.Progress(done: 1, total: 2))))
            try expect(await bench.store.health().staleWrites, is: 2, "with a report and a publication")
            let hold = Hold(id: lost.id, fence: lost.fence)
            _ = try await bench.store.renew(first, lease: Bench.lease, holding: [hold])
            try expect(await bench.store.health().staleWrites, is: 3, "with a renewal")
            try await bench.reported(job, .succeeded(nil))
            try await bench.report(job, .succeeded(nil))
            try expect(await bench.store.health().staleWrites, is: 3, "with reports of the attempt that holds it")
        },
        StoreContract("a start that is confirmed is recorded once, for the job and its attempt") { bench in
            let job = try await bench.running(bench.worker(), starting: 0)
            bench.clock.advance(by: .seconds(1))
            let started = try bench.changed(await bench.apply(job.id, .startConfirmed(fence: job.fence)))
            try expect(started.started, is: bench.now.store, "when the job started")
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.started), is: [bench.now.store], "when the attempt started")
            bench.clock.advance(by: .seconds(1))
            let again = try await bench.apply(job.id, .startConfirmed(fence: job.fence))
            try expect(again, is: .unchanged(started), "a second time")
        },
        StoreContract("an attempt that says how it went had begun, though its start was not confirmed") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker, starting: 0)
            bench.clock.advance(by: .seconds(1))
            try await bench.reported(job, .handedBack)
            try expect(try await bench.job(job.id).started, is: nil, "when a job started that was handed back")
            let again = try await bench.claimOne(worker, starting: 0)
            bench.clock.advance(by: .seconds(1))
            let ended = try await bench.reported(again, .succeeded(nil))
            try expect(ended.started, is: bench.now.store, "when the job started")
            let attempts = try await bench.store.attempts(of: job.id)
            try expect(attempts.map(\.started), is: [nil, bench.now.store], "when the attempts started")
        },
        StoreContract("a start under an old fence is stale") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker, starting: 0)
            try await bench.reported(job, .handedBack)
            _ = try await bench.claimOne(worker, starting: 0)
            try expect(try await bench.apply(job.id, .startConfirmed(fence: job.fence)), is: .stale, "the answer")
        },
        StoreContract("progress and status are stored while the attempt holds the job") { bench in
            let job = try await bench.running(bench.worker())
            let progress = Job.Progress(done: 3, total: 7)
            let status = Job.Status(name: "uploading", data: try JSONText(validating: #"{ "part": 3}"#))
            let answers = try await bench.store.apply([
                JobChange(job.id, .published(fence: job.fence, .progress(progress))),
                JobChange(job.id, .published(fence: job.fence, .status(status))),
                JobChange(job.id, .published(fence: job.fence - 1, .status(Job.Status(name: "old")))),
            ])
            try expect(answers.last, is: .stale, "the answer under an old fence")
            let stored = try await bench.job(job.id)
            try expect(stored.progress, is: progress, "the progress")
            try expect(stored.status, is: status, "the status")
            try await bench.reported(job, .succeeded(nil))
            let late = try await bench.apply(job.id, .published(fence: job.fence, .progress(progress)))
            try expect(late, is: .stale, "the answer once it is over")
        },
        StoreContract("a new attempt begins without progress and status") { bench in
            let worker = try await bench.worker()
            let job = try await bench.running(worker)
            try await bench.apply(job.id, .published(fence: job.fence, .progress(Job.Progress(done: 1, total: 2))))
            try await bench.apply(job.id, .published(fence: job.fence, .status(Job.Status(name: "half"))))
            try await bench.reported(job, .handedBack)
            let again = try await bench.claimOne(worker)
            try expect(again.progress, is: nil, "its progress")
            try expect(again.status, is: nil, "its status")
        },
        StoreContract("a handler that found nothing to do skips its job, with the reason") { bench in
            let job = try await bench.running(bench.worker())
            let ended = try await bench.reported(job, .skipped("no new files"))
            try expect(ended.outcome, is: .skipped("no new files"), "its outcome")
        },
        StoreContract("changes of one call are applied in turn and answered in order") { bench in
            let job = try await bench.running(bench.worker())
            let unknown = JobID(bench.uuid())
            let answers = try await bench.store.apply([
                JobChange(job.id, .reported(fence: job.fence, .handedBack, entropy: 0)),
                JobChange(unknown, .cancelled(.requested(""))),
                JobChange(job.id, .cancelled(.requested("enough"))),
                JobChange(job.id, .reported(fence: job.fence, .succeeded(nil), entropy: 0)),
            ])
            try expect(answers.count, is: 4, "the answers")
            try expect(try bench.changed(answers[0]).state, is: .ready, "the first")
            try expect(answers[1], is: .unknown, "the second")
            try expect(try bench.changed(answers[2]).outcome, is: .cancelled(.requested("enough")), "the third")
            try expect(answers[3], is: .stale, "the fourth")
        },
        StoreContract("applying nothing is answered with nothing") { bench in
            try expect(try await bench.store.apply([]), is: [], "the answers")
        },
    ]
}
