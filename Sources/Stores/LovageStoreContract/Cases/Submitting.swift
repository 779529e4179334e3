import LovageCore
import LovageStore

extension StoreContract {
    static let submitting = [
        StoreContract("a submitted job is read back with everything that was said of it") { bench in
            let options = JobOptions(
                queue: "mail", priority: -7, start: .after(.seconds(5)), startWithin: .seconds(600),
                deadline: .seconds(900), softLimit: .seconds(10), hardLimit: .seconds(12),
                retry: RetryPolicy(
                    retries: 4, backoff: .list([.seconds(1), .milliseconds(2_500)]),
                    rules: ["fatal": .never, "slow": .retry(retries: 9, backoff: .standard)]),
                crashLimit: 2, unstartedLimit: 5, idempotencyKey: "order 7", unique: .members(["a", "b"]))
            let sent = try bench.submission("image.resize", #"{"a":1}"#, options)
            _ = try await bench.store.submit([sent])
            let stored = try await bench.job(sent.id)
            let expected = Job(
                id: sent.id, kind: "image.resize", arguments: sent.arguments, options: options, submitted: bench.now)
            try expect(stored, is: expected, "the job is what was submitted")
        },
        StoreContract("a job without a start time is ready at once") { bench in
            let id = try await bench.submit()
            try expect(try await bench.job(id).state, is: .ready, "its state")
        },
        StoreContract("an id that was never submitted is unknown") { bench in
            let id = JobID(bench.uuid())
            try expect(try await bench.store.job(id), is: nil, "no job is found")
            try expect(try await bench.store.attempts(of: id), is: [], "it has no attempts")
            let answer = try await bench.apply(id, .cancelled(.requested("")))
            try expect(answer, is: .unknown, "a change of it finds nothing")
        },
        StoreContract("arguments come back byte for byte") { bench in
            let texts = [
                #"{ "b" : 1,"a":[ 1.0, 1e3,12345678901234567890 ] }"#, #""\u00e9 é \/ 😀""#, "null", "[ ]", "-0.0",
            ]
            for text in texts {
                let id = try await bench.submit("work", text)
                try expect(try await bench.job(id).arguments.bytes, is: Array(text.utf8), "the arguments of \(text)")
            }
        },
        StoreContract("answers come in the order of the submissions, and a refused one does not touch the others") {
            bench in
            try await bench.store.set(QueueSettings(capacity: 1), for: "narrow")
            let narrow = JobOptions(queue: "narrow")
            let sent = [
                try bench.submission(), try bench.submission("work", "{}", narrow),
                try bench.submission("work", "{}", narrow), try bench.submission(),
            ]
            let answers = try await bench.store.submit(sent)
            try expect(
                answers,
                is: [.created(sent[0].id), .created(sent[1].id), .queueFull(capacity: 1), .created(sent[3].id)],
                "the answers")
            try expect(try await bench.store.job(sent[2].id), is: nil, "the refused job is not stored")
            try expect(try await bench.all().count, is: 3, "the others are")
        },
        StoreContract("submitting nothing is answered with nothing") { bench in
            try expect(try await bench.store.submit([]), is: [], "the answers")
        },
        StoreContract("a submission sent again under its own id is stored once") { bench in
            let sent = try bench.submission("work", #"{"n":1}"#)
            _ = try await bench.store.submit([sent])
            try expect(try await bench.store.submit([sent]), is: [.repeated(sent.id)], "the second answer")
            try expect(try await bench.all().count, is: 1, "the jobs stored")
        },
        StoreContract("an id that stands for another job is refused and that job stays as it was") { bench in
            let sent = try bench.submission("work", #"{"n":1}"#)
            _ = try await bench.store.submit([sent])
            var other = sent
            other.arguments = try JSONText(validating: #"{"n":2}"#)
            try expect(
                try await bench.store.submit([other]), is: [.keyConflict(sent.id, differs: .arguments)], "the answer")
            other.kind = "another"
            try expect(
                try await bench.store.submit([other]), is: [.keyConflict(sent.id, differs: .kind)], "by its kind")
            try expect(try await bench.job(sent.id).arguments, is: sent.arguments, "the stored arguments")
        },
        StoreContract("a submission while the wall clock reads a time before 1970 is refused and changes nothing") {
            bench in
            let sent = try bench.submission()
            bench.clock.jumpWall(by: .microseconds(-bench.now.wall.microseconds - 1))
            do {
                _ = try await bench.store.submit([sent])
                throw ContractViolation(sentence: "the submission is refused", file: #fileID, line: #line)
            } catch let error as StoreError {
                try expect(error.code, is: .environment, "the error's code")
            }
            try expect(try await bench.store.job(sent.id), is: nil, "nothing is stored")
        },
        StoreContract("a thousand jobs submitted in one call are all stored, in order") { bench in
            let sent = try (0..<1_000).map { try bench.submission("work", "\($0)") }
            let answers = try await bench.store.submit(sent)
            try expect(answers, is: sent.map { .created($0.id) }, "the answers")
            let claimed = try await bench.claim(bench.worker(), upTo: 1_000)
            try expect(claimed.map(\.id), is: sent.map(\.id), "the order they are claimed in")
        },
    ]
}
