import LovageCore
import LovageStore
import LovageWorkflow

extension StoreContract {
    static let listings = [
        StoreContract("jobs are listed newest first") { bench in
            var ids: [JobID] = []
            for _ in 0..<5 {
                ids.append(try await bench.submit())
                bench.clock.advance(by: .seconds(1))
            }
            try expect(try await bench.all().map(\.id), is: ids.reversed(), "the listing")
        },
        StoreContract("pages join without a gap or a repeat while jobs are inserted") { bench in
            var ids: [JobID] = []
            for _ in 0..<10 { ids.append(try await bench.submit()) }
            var seen: [JobID] = []
            var after: UUIDv7?
            repeat {
                let page = try await bench.store.jobs(JobFilter(), page: PageRequest(limit: 3, after: after))
                try expect(page.items.count <= 3, "a page is no longer than asked for")
                seen += page.items.map(\.id)
                after = page.next
                _ = try await bench.submit()
            } while after != nil
            try expect(seen, is: ids.reversed(), "the jobs that stood at the start")
        },
        StoreContract("a listing that ends with a full page has no next page") { bench in
            for _ in 0..<4 { _ = try await bench.submit() }
            let page = try await bench.store.jobs(JobFilter(), page: PageRequest(limit: 4))
            try expect(page.items.count, is: 4, "the items")
            try expect(page.next, is: nil, "the next page")
            let empty = try await bench.store.jobs(JobFilter(kind: "none"), page: PageRequest(limit: 4))
            try expect(empty, is: Page(items: [], next: nil), "an empty listing")
        },
        StoreContract("jobs are found by queue, kind, state, outcome and status, joined by and") { bench in
            let worker = try await bench.worker()
            let finished = try await bench.running(worker)
            try await bench.reported(finished, .succeeded(nil))
            let running = try await bench.running(worker)
            try await bench.apply(running.id, .published(fence: running.fence, .status(Job.Status(name: "packing"))))
            let cancelled = try await bench.submit("other")
            try await bench.cancel(cancelled)
            let delayed = try await bench.submit("work", "{}", JobOptions(queue: "mail", start: .after(.seconds(9))))
            let ready = try await bench.submit("other", "{}", JobOptions(queue: "mail"))
            let cases: [(JobFilter, [JobID])] = [
                (JobFilter(queue: "mail"), [ready, delayed]), (JobFilter(kind: "other"), [ready, cancelled]),
                (JobFilter(state: .finished), [cancelled, finished.id]), (JobFilter(state: .running), [running.id]),
                (JobFilter(state: .suspended), [delayed]), (JobFilter(state: .ready), [ready]),
                (JobFilter(state: .blocked), []), (JobFilter(outcome: .cancelled), [cancelled]),
                (JobFilter(outcome: .succeeded), [finished.id]), (JobFilter(status: "packing"), [running.id]),
                (JobFilter(queue: "mail", kind: "other"), [ready]),
                (JobFilter(queue: "mail", state: .finished), []),
                (JobFilter(workflow: WorkflowID(bench.uuid())), []),
            ]
            for (filter, expected) in cases {
                try expect(try await bench.all(filter, page: 1).map(\.id), is: expected, "what \(filter) finds")
            }
        },
        StoreContract("a filtered listing pages through everything it finds") { bench in
            var ids: [JobID] = []
            for number in 0..<30 {
                let id = try await bench.submit(number % 2 == 0 ? "work" : "other")
                if number % 2 == 0 { ids.append(id) }
            }
            try expect(try await bench.all(JobFilter(kind: "work"), page: 4).map(\.id), is: ids.reversed(), "the jobs")
        },
        StoreContract("jobs are found by a range of ids, and by the time from which they were submitted") { bench in
            var ids: [JobID] = []
            for _ in 0..<6 {
                ids.append(try await bench.submit())
                bench.clock.advance(by: .seconds(1))
            }
            let store = bench.store
            let inner = ids[1].uuid...ids[4].uuid
            try expect(try await store.jobIDs(in: inner, limit: 10), is: [ids[4], ids[3], ids[2], ids[1]], "a range")
            try expect(try await store.jobIDs(in: inner, limit: 2), is: [ids[4], ids[3]], "its newest")
            try expect(try await store.jobIDs(in: UUIDv7.all, limit: 10), is: ids.reversed(), "all of them")
            let beyond = UUIDv7(high: .max, low: 0)...UUIDv7(high: .max, low: .max)
            try expect(try await store.jobIDs(in: beyond, limit: 10), is: [], "a range without jobs")
            try expect(
                try await bench.all(JobFilter(first: ids[3].uuid), page: 2).map(\.id), is: [ids[5], ids[4], ids[3]],
                "those from one on")
            try expect(
                try await bench.all(JobFilter(kind: "other", first: ids[3].uuid)), is: [], "those of another kind")
        },
        StoreContract("runs are found by a range of ids, and by the time from which they were started") { bench in
            try await bench.save([WorkflowDefinition.Step(name: "one", kind: "work")])
            var ids: [WorkflowID] = []
            for _ in 0..<4 {
                ids.append(try await bench.startSaved().id)
                bench.clock.advance(by: .seconds(1))
            }
            let store = bench.store
            try expect(
                try await store.runIDs(in: ids[1].uuid...ids[2].uuid, limit: 10), is: [ids[2], ids[1]], "a range")
            try expect(try await store.runIDs(in: UUIDv7.all, limit: 1), is: [ids[3]], "the newest")
            let page = try await store.workflows(WorkflowFilter(first: ids[2].uuid), page: PageRequest())
            try expect(page.items.map(\.id), is: [ids[3], ids[2]], "those from one on")
        },
        StoreContract("a listing leaves out long arguments and results that were not asked for") { bench in
            let worker = try await bench.worker()
            let long = "\"" + String(repeating: "x", count: JobContents.short) + "\""
            let job = try await bench.running(worker)
            try await bench.reported(job, .succeeded(try JSONText(validating: long)))
            let large = try await bench.submit("work", long)
            let small = try await bench.submit("work", "[1]")
            let short = try await bench.store.listing(JobFilter(), page: PageRequest(), whole: [])
            try expect(short.items.map(\.job.id), is: [small, large, job.id], "the jobs")
            try expect(short.items.map(\.leftOut), is: [[], [.arguments], [.result]], "what was left out")
            try expect(short.items.map(\.job.arguments.string), is: ["[1]", "null", "{}"], "the arguments")
            try expect(short.items[2].job.result, is: nil, "the result")
            let whole = try await bench.store.listing(JobFilter(), page: PageRequest(), whole: .all)
            try expect(whole.items.map(\.leftOut), is: [[], [], []], "nothing is left out of whole jobs")
            try expect(whole.items[1].job, is: try await bench.job(large), "the whole job")
            let results = try await bench.store.listing(JobFilter(), page: PageRequest(), whole: .result)
            try expect(results.items[2].job.result?.string, is: long, "the result that was asked for")
            try expect(results.items.map(\.leftOut), is: [[], [.arguments], []], "what else was left out")
        },
        StoreContract("a page ends before it gets too long in bytes, and the next one goes on") { bench in
            let long = "\"" + String(repeating: "x", count: 10_000) + "\""
            var ids: [JobID] = []
            for _ in 0..<7 { ids.append(try await bench.submit("work", long)) }
            var pages: [[JobID]] = []
            var after: UUIDv7?
            repeat {
                let page = try await bench.store.listing(
                    JobFilter(), page: PageRequest(limit: 5, after: after, mostBytes: 25_000), whole: .all)
                pages.append(page.items.map(\.job.id))
                after = page.next
            } while after != nil
            try expect(pages.map(\.count), is: [2, 2, 2, 1], "the pages")
            try expect(pages.flatMap { $0 }, is: ids.reversed(), "the jobs")
            let one = try await bench.store.listing(
                JobFilter(), page: PageRequest(limit: 5, mostBytes: 1), whole: .all)
            try expect(one.items.count, is: 1, "a page of one that is larger than a page may be")
            let short = try await bench.store.listing(
                JobFilter(), page: PageRequest(limit: 7, mostBytes: 25_000), whole: [])
            try expect(short.items.count, is: 7, "a page of what is left of them")
        },
        StoreContract("the jobs before one are those that are claimed before it") { bench in
            for priority in [0, 5, 0, -3, 5, 0] {
                _ = try await bench.submit("work", "{}", JobOptions(priority: Int8(priority)))
            }
            _ = try await bench.submit("other", "{}", JobOptions(priority: 5))
            _ = try await bench.submit("work", "{}", JobOptions(queue: "mail", priority: 9))
            _ = try await bench.submit("work", "{}", JobOptions(priority: 9, start: .after(.seconds(9))))
            let ready = try await bench.all(JobFilter(queue: .default, state: .ready))
            for job in ready {
                let before = ready.count { $0.id != job.id && ClaimRule.goesFirst($0, job) }
                try expect(try await bench.store.ahead(of: job), is: before, "the jobs before \(job.options.priority)")
            }
        },
        StoreContract("a healthy store says that it can be written") { bench in
            let health = await bench.store.health()
            try expect(health.isWritable, "it is writable")
            try expect(health.problem, is: nil, "its problem")
        },
        StoreContract("the store reads the clock it was given") { bench in
            try expect(bench.store.now(), is: bench.clock.now, "before time passes")
            bench.clock.advance(by: .seconds(1))
            bench.clock.jumpWall(by: .seconds(-10))
            try expect(bench.store.now(), is: bench.clock.now, "after it")
        },
    ]

    static let queues = [
        StoreContract("a queue shows how many of its jobs stand where, and since when the oldest is ready") { bench in
            let worker = try await bench.worker()
            try await bench.reported(bench.running(worker), .succeeded(nil))
            _ = try await bench.running(worker)
            _ = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(60))))
            let oldest = bench.now.store
            _ = try await bench.submit()
            bench.clock.advance(by: .seconds(5))
            _ = try await bench.submit("work", "{}", JobOptions(priority: 100))
            let expected = QueueOverview(
                name: "default", settings: QueueSettings(), ready: 2, suspended: 1, blocked: 0, running: 1,
                oldestReady: oldest)
            try expect(try await bench.store.queues(), is: [expected], "the queues")
        },
        StoreContract("queues with settings or jobs are listed by name") { bench in
            _ = try await bench.submit("work", "{}", JobOptions(queue: "mail"))
            let paused = QueueSettings(isPaused: true, capacity: 3, keepFinishedFor: .seconds(60), keepFinishedCount: 5)
            try await bench.store.set(paused, for: "backup")
            _ = try await bench.submit("work", "{}", JobOptions(queue: "Zeta"))
            let listed = try await bench.store.queues()
            try expect(listed.map(\.name), is: ["Zeta", "backup", "mail"], "their names")
            try expect(listed.map(\.settings), is: [QueueSettings(), paused, QueueSettings()], "their settings")
        },
        StoreContract("settings are read back as they were set, and are the defaults where nobody set them") { bench in
            let settings = QueueSettings(
                isPaused: true, capacity: 0, keepFinishedFor: .milliseconds(1_500), keepFinishedCount: 0)
            try await bench.store.set(settings, for: "task:prodcons:queue")
            try expect(try await bench.store.settings(of: "task:prodcons:queue"), is: settings, "what was set")
            try expect(try await bench.store.settings(of: "other"), is: QueueSettings(), "the defaults")
            try await bench.store.set(QueueSettings(), for: "task:prodcons:queue")
            try expect(try await bench.store.settings(of: "task:prodcons:queue"), is: QueueSettings(), "set back")
        },
    ]

    static let retention = [
        StoreContract("finished jobs are kept as long as their queue says, and no longer") { bench in
            try await bench.store.set(QueueSettings(keepFinishedFor: .seconds(60)), for: "short")
            let worker = try await bench.worker(lease: .seconds(86_400))
            let short = try await bench.submit("work", "{}", JobOptions(queue: "short"))
            try await bench.reported(bench.claimOne(worker, queues: ["short"]), .succeeded(nil))
            let long = try await bench.running(worker)
            try await bench.reported(long, .succeeded(nil))
            bench.clock.advance(by: .seconds(60) - .microseconds(1))
            try expect(try await bench.store.prune(upTo: 10), is: [], "too early")
            bench.clock.advance(by: .microseconds(1))
            try expect(try await bench.store.prune(upTo: 10), is: [short], "in time")
            try expect(try await bench.store.job(short), is: nil, "the job is gone")
            try expect(try await bench.store.attempts(of: short), is: [], "so are its attempts")
            bench.clock.advance(by: .seconds(7 * 86_400))
            try expect(try await bench.store.prune(upTo: 10), is: [long.id], "the default is seven days")
        },
        StoreContract("of finished jobs no more are kept than their queue says, the last to end") { bench in
            try await bench.store.set(QueueSettings(keepFinishedCount: 2), for: "default")
            var ids: [JobID] = []
            for _ in 0..<5 { ids.append(try await bench.submit()) }
            for id in ids.reversed() {
                try await bench.cancel(id)
                bench.clock.advance(by: .seconds(1))
            }
            try expect(try await bench.store.prune(upTo: 10), is: [ids[4], ids[3], ids[2]], "what is deleted")
            try expect(try await bench.all().map(\.id), is: [ids[1], ids[0]], "what is kept")
        },
        StoreContract("pruning goes in slices and never takes a job that is not over") { bench in
            try await bench.store.set(QueueSettings(keepFinishedFor: .zero), for: "default")
            let worker = try await bench.worker()
            _ = try await bench.running(worker)
            for _ in 0..<5 { try await bench.cancel(bench.submit()) }
            let delayed = try await bench.submit("work", "{}", JobOptions(start: .after(.seconds(60))))
            try expect(try await bench.store.prune(upTo: 3).count, is: 3, "the first slice")
            try expect(try await bench.store.prune(upTo: 3).count, is: 2, "the second slice")
            try expect(try await bench.store.prune(upTo: 3), is: [], "the third slice")
            try expect(try await bench.all().count, is: 2, "what is left")
            try expect(try await bench.job(delayed).state.name, is: .suspended, "the delayed one")
        },
        StoreContract("a job that was retried by hand is not pruned for its first end") { bench in
            try await bench.store.set(QueueSettings(keepFinishedFor: .seconds(60)), for: "default")
            let id = try await bench.submit()
            try await bench.cancel(id)
            bench.clock.advance(by: .seconds(60))
            try await bench.apply(id, .retried(held: false))
            try expect(try await bench.store.prune(upTo: 10), is: [], "what is deleted")
        },
    ]
}
