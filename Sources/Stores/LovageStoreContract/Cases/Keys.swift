import LovageCore
import LovageStore

extension StoreContract {
    private static let keyed = JobOptions(idempotencyKey: "order 7")
    private static let day = Duration.seconds(24 * 3600)

    static let keys = [
        StoreContract("a submission with the same idempotency key and arguments is the earlier job") { bench in
            let id = try await bench.submit("work", "[1]", keyed)
            try expect(try await bench.submitting("work", "[1]", keyed), is: .repeated(id), "the answer")
            try expect(try await bench.all().count, is: 1, "the jobs stored")
        },
        StoreContract("an idempotency key holds within one call") { bench in
            let sent = [try bench.submission("work", "[1]", keyed), try bench.submission("work", "[1]", keyed)]
            let answers = try await bench.store.submit(sent)
            try expect(answers, is: [.created(sent[0].id), .repeated(sent[0].id)], "the answers")
        },
        StoreContract("an idempotency key with other arguments is a conflict") { bench in
            let id = try await bench.submit("work", "[1]", keyed)
            try expect(
                try await bench.submitting("work", "[2]", keyed), is: .keyConflict(id, differs: .arguments),
                "the answer")
            try expect(try await bench.submitting("work", "[ 1.0 ]", keyed), is: .repeated(id), "values are compared")
        },
        StoreContract("an idempotency key for another queue is a conflict") { bench in
            let id = try await bench.submit("work", "[1]", keyed)
            let elsewhere = JobOptions(queue: "other", idempotencyKey: "order 7")
            try expect(
                try await bench.submitting("work", "[1]", elsewhere), is: .keyConflict(id, differs: .queue),
                "the answer")
        },
        StoreContract("an idempotency key of one kind does not touch another kind") { bench in
            let first = try await bench.submit("work", "[1]", keyed)
            let second = try await bench.submit("other", "[1]", keyed)
            try expect(first != second, "two jobs")
        },
        StoreContract("an idempotency key holds for 24 hours and not a microsecond longer") { bench in
            let id = try await bench.submit("work", "[1]", keyed)
            bench.clock.advance(by: day - .microseconds(1))
            _ = try await bench.store.sweep(upTo: 100)
            try expect(try await bench.submitting("work", "[1]", keyed), is: .repeated(id), "just before")
            bench.clock.advance(by: .microseconds(1))
            let second = try await bench.submit("work", "[2]", keyed)
            try expect(second != id, "a new job")
            try expect(try await bench.submitting("work", "[2]", keyed), is: .repeated(second), "the key is its now")
        },
        StoreContract("repeating a submission does not prolong its idempotency key") { bench in
            _ = try await bench.submit("work", "[1]", keyed)
            bench.clock.advance(by: day - .seconds(1))
            _ = try await bench.submitting("work", "[1]", keyed)
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.submit("work", "[1]", keyed)
        },
        StoreContract("a jump of the wall clock does not end an idempotency key") { bench in
            let id = try await bench.submit("work", "[1]", keyed)
            bench.clock.jumpWall(by: day + day)
            try expect(try await bench.submitting("work", "[1]", keyed), is: .repeated(id), "the answer")
        },
        StoreContract("an idempotency key outlives its job, finished and pruned") { bench in
            try await bench.store.set(QueueSettings(keepFinishedFor: .seconds(60)), for: "default")
            let id = try await bench.submit("work", "[1]", keyed)
            try await bench.cancel(id)
            bench.clock.advance(by: .seconds(61))
            try expect(try await bench.store.prune(upTo: 10), is: [id], "the job is pruned")
            try expect(try await bench.submitting("work", "[1]", keyed), is: .repeated(id), "the answer")
        },
    ]

    private static let byAll = JobOptions(unique: .allArguments)
    private static let byUser = JobOptions(unique: .members(["user", "day"]))

    static let uniqueness = [
        StoreContract("equal arguments of a unique kind are merged while the earlier job is unfinished") { bench in
            let id = try await bench.submit("work", "[1]", byAll)
            try expect(try await bench.submitting("work", "[1]", byAll), is: .merged(id), "while ready")
            let job = try await bench.claimOne(bench.worker())
            try expect(try await bench.submitting("work", "[1]", byAll), is: .merged(id), "while running")
            try await bench.reported(job, .succeeded(nil))
            let second = try await bench.submit("work", "[1]", byAll)
            try expect(second != id, "a new job once it is finished")
        },
        StoreContract("other arguments, or another kind, are not merged") { bench in
            _ = try await bench.submit("work", "[1]", byAll)
            _ = try await bench.submit("work", "[2]", byAll)
            _ = try await bench.submit("other", "[1]", byAll)
        },
        StoreContract("uniqueness over chosen members looks at nothing else") { bench in
            let id = try await bench.submit("work", #"{"user":1,"day":"mon","n":1}"#, byUser)
            let same = try await bench.submitting("work", #"{"n":2,"day":"mon", "user" : 1}"#, byUser)
            try expect(same, is: .merged(id), "the same user and day")
            _ = try await bench.submit("work", #"{"user":2,"day":"mon","n":1}"#, byUser)
        },
        StoreContract("a missing member counts as null, whatever the order of the members' names") { bench in
            let id = try await bench.submit("work", #"{"user":1,"day":null}"#, byUser)
            let turned = JobOptions(unique: .members(["day", "user"]))
            try expect(try await bench.submitting("work", #"{"user":1}"#, turned), is: .merged(id), "the answer")
        },
        StoreContract("arguments are equal as JSON values, with what is left out filled in, and kept as sent") {
            bench in
            var options = JobOptions(unique: .allArguments)
            options.argumentDefaults = try JSONText(validating: #"{"m":"fast","n":null}"#)
            let id = try await bench.submit("work", #"{"id":1}"#, options)
            for same in [
                #"{"id":1,"m":"fast"}"#, #"{"m":"fast","id":1}"#, #"{ "id" : 1.0 }"#, #"{"id":10e-1,"m":null}"#,
                #"{"i\u0064":1,"n":null}"#,
            ] {
                try expect(try await bench.submitting("work", same, options), is: .merged(id), "\(same)")
            }
            for other in [#"{"id":2}"#, #"{"id":"1"}"#, #"{"id":1,"m":"slow"}"#, #"{"id":1,"x":null}"#] {
                _ = try await bench.submit("work", other, options)
            }
            options.unique = .members(["m"])
            let chosen = try await bench.submit("work", #"{"id":5}"#, options)
            try expect(
                try await bench.submitting("work", #"{"m":"fast","id":6}"#, options), is: .merged(chosen), "the member")
            try expect(try await bench.job(id).arguments.string, is: #"{"id":1}"#, "the arguments")
        },
        StoreContract("uniqueness over all arguments and over members never meet") { bench in
            _ = try await bench.submit("work", #"{"a":1}"#, JobOptions(unique: .allArguments))
            _ = try await bench.submit("work", #"{"a":1}"#, JobOptions(unique: .members(["a"])))
        },
        StoreContract("a job that is not unique is not merged into one that is") { bench in
            _ = try await bench.submit("work", "[1]", byAll)
            _ = try await bench.submit("work", "[1]")
        },
        StoreContract("uniqueness is freed however a job ends") { bench in
            let cancelled = try await bench.submit("work", "[1]", byAll)
            try await bench.cancel(cancelled)
            let expiring = JobOptions(startWithin: .seconds(1), unique: .allArguments)
            _ = try await bench.submit("work", "[1]", expiring)
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.store.sweep(upTo: 10)
            _ = try await bench.submit("work", "[1]", byAll)
        },
        StoreContract("a job that waits for its retry is still the one that stands") { bench in
            let options = JobOptions(
                retry: RetryPolicy(retries: 1, backoff: .fixed(.seconds(60))), unique: .allArguments)
            let job = try await bench.running(bench.worker(), options)
            try await bench.reported(job, .failed(.sample))
            try expect(try await bench.submitting("work", "{}", options), is: .merged(job.id), "the answer")
        },
        StoreContract("a manual retry changes nothing while another unique job stands, and takes the key back after it")
        {
            bench in
            let first = try await bench.submit("work", "[1]", byAll)
            try await bench.cancel(first)
            let second = try await bench.submit("work", "[1]", byAll)
            let answer = try await bench.apply(first, .retried(held: false))
            try expect(answer, is: .unchanged(try await bench.job(first)), "while the second stands")
            try await bench.cancel(second)
            _ = try bench.changed(await bench.apply(first, .retried(held: false)))
            try expect(try await bench.submitting("work", "[1]", byAll), is: .merged(first), "the first holds the key")
        },
        StoreContract("the key of a merged submission stands for the job it was merged into, also after that job's end")
        {
            bench in
            let id = try await bench.submit("work", "[1]", byAll)
            let keyed = JobOptions(idempotencyKey: "k", unique: .allArguments)
            try expect(try await bench.submitting("work", "[1]", keyed), is: .merged(id), "the first answer, lost")
            try await bench.cancel(id)
            try expect(try await bench.submitting("work", "[1]", keyed), is: .repeated(id), "the answer to the repeat")
        },
        StoreContract("an idempotency key is answered before uniqueness") { bench in
            let both = JobOptions(idempotencyKey: "k", unique: .allArguments)
            let id = try await bench.submit("work", "[1]", both)
            try expect(try await bench.submitting("work", "[1]", both), is: .repeated(id), "the answer")
        },
    ]
}
