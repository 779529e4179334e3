import LovageCore
import LovageStore
import LovageWorkflow

// Members of workflows that are unique: they are jobs of their own, because their run counts them, but they do not run
// beside an equal job. That one stands for them.

extension StoreContract {
    private static let byAll = JobOptions(unique: .allArguments)

    private static func equal(_ name: String, needs: [String] = []) -> WorkflowDefinition.Step {
        .run(name, needs: needs, with: ["n": 1], unique: .by(.allArguments))
    }

    static let mergedMembers = [
        StoreContract("a member equal to an unfinished job waits for it, ends as it ends, and its join goes on") {
            bench in
            let worker = try await bench.worker()
            let id = try await bench.submit("work", #"{"n":1}"#, byAll)
            let run = try await bench.start([equal("a"), .run("b", needs: ["a"], with: ["r": "${steps.a.result}"])])
            let merged = try await bench.member(run, "a")
            try expect(merged.state, is: .suspended(.merged), "the member's state")
            try expect(merged.standIn, is: id, "who stands for it")
            try await bench.reported(try await bench.claimOne(worker), .succeeded(JSONText(validating: "7")))
            let ended = try await bench.job(merged.id)
            try expect(ended.outcome, is: .succeeded, "its outcome")
            try expect(ended.result?.string, is: "7", "its result")
            try expect(ended.attempts, is: 0, "its attempts")
            try expect(ended.standIn, is: id, "who stood for it")
            try expect(try await bench.claimSteps(worker)["b"]?.arguments.string, is: #"{"r":7}"#, "the next step")
        },
        StoreContract("a submission is merged into an equal member") { bench in
            let run = try await bench.start([equal("a")])
            let member = try await bench.member(run, "a")
            try expect(try await bench.submitting("work", #"{"n":1}"#, byAll), is: .merged(member.id), "the answer")
        },
        StoreContract("a step that waits for its needs holds no unique key, and takes it once it may run") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), equal("b", needs: ["a"])])
            let id = try await bench.submit("work", #"{"n":1}"#, byAll)
            try await bench.end(bench.claimSteps(worker), "a")
            try expect(try await bench.member(run, "b").standIn, is: id, "who stands for the step")
            try await bench.cancel(id)
            let free = try await bench.member(run, "b")
            try expect(free.state, is: .ready, "once that job is called off")
            try expect(try await bench.submitting("work", #"{"n":1}"#, byAll), is: .merged(free.id), "it has the key")
        },
        StoreContract("a unique step without arguments takes its key once it may run") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"], unique: .by(.allArguments))])
            try await bench.end(bench.claimSteps(worker), "a")
            let member = try await bench.member(run, "b")
            try expect(try await bench.submitting("work", "{}", byAll), is: .merged(member.id), "it has the key")
        },
        StoreContract("equal members of one foreach run once, and all of them are counted") { bench in
            let worker = try await bench.worker()
            var each = equal("each")
            each.foreach = "${params.list}"
            let run = try await bench.start(
                [each, .run("join", needs: ["each"])],
                parameters: [Parameter(name: "list", type: .list, defaultValue: [1, 2, 3])])
            let running = try await bench.claimSteps(worker)
            try expect(running.keys.sorted(), is: ["each[0]"], "what runs")
            try await bench.end(running, "each[0]")
            try expect(try await bench.run(run.id).steps[0].ended.succeeded, is: 3, "the members that succeeded")
            try expect(try await bench.claimSteps(worker).keys.sorted(), is: ["join"], "the join")
        },
        StoreContract("a member fails, expires or is skipped with the job that stands for it") { bench in
            let worker = try await bench.worker()
            for report in [AttemptReport.failed(.sample), .skipped("nothing")] {
                let id = try await bench.submit("work", #"{"n":1}"#, byAll)
                let run = try await bench.start([equal("a")])
                try await bench.reported(try await bench.claimOne(worker), report)
                let (first, second) = (try await bench.job(id), try await bench.member(run, "a"))
                try expect(second.outcome, is: first.outcome, "the outcome")
                try expect(second.failure, is: first.failure, "the failure")
            }
            _ = try await bench.submit("work", #"{"n":1}"#, JobOptions(startWithin: .seconds(1), unique: .allArguments))
            let run = try await bench.start([equal("a")])
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.store.sweep(upTo: 10)
            try expect(try await bench.member(run, "a").outcome, is: .expired, "with one that did not start")
            try expect(try await bench.run(run.id).outcome, is: .failed, "the run")
        },
        StoreContract("when the job that stands is called off, the first of those merged stands for the others") {
            bench in
            let worker = try await bench.worker()
            let first = try await bench.start([equal("a")])
            let second = try await bench.startSaved()
            let third = try await bench.startSaved()
            _ = try await bench.store.cancelWorkflow(first.id, reason: "")
            let ready = try await bench.all(JobFilter(state: .ready))
            try expect(ready.count, is: 1, "the jobs that may run")
            let merged = try await bench.all(JobFilter(state: .suspended))
            try expect(merged.map(\.standIn), is: [ready[0].id], "who stands for the other")
            try await bench.reported(try await bench.claimOne(worker), .succeeded(nil))
            for run in [second, third] {
                try expect(try await bench.run(run.id).outcome, is: .succeeded, "a run nobody called off")
            }
        },
        StoreContract("a merged member that is called off leaves the job that stood for it alone") { bench in
            let id = try await bench.submit("work", #"{"n":1}"#, byAll)
            let run = try await bench.start([equal("a")])
            _ = try await bench.store.cancelWorkflow(run.id, reason: "")
            try expect(try await bench.run(run.id).outcome, is: .cancelled, "the run")
            try expect(try await bench.job(id).state, is: .ready, "the job")
        },
        StoreContract("a merged member that failed runs by itself when it is tried again") { bench in
            let worker = try await bench.worker()
            _ = try await bench.submit("work", #"{"n":1}"#, byAll)
            let run = try await bench.start([equal("a")])
            try await bench.reported(try await bench.claimOne(worker), .failed(.sample))
            let member = try await bench.member(run, "a")
            let again = try bench.changed(await bench.apply(member.id, .retried(held: false)))
            try expect(again.state, is: .ready, "its state")
            try expect(again.standIn, is: nil, "who stands for it")
            try await bench.reported(try await bench.claimOne(worker), .succeeded(nil))
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "the run")
        },
        StoreContract("the end of one job takes all with it that wait for it, over several runs and steps") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([equal("a"), equal("b", needs: ["a"]), equal("c", needs: ["b"])])
            let other = try await bench.startSaved()
            for step in ["a", "b", "c"] {
                let running = try await bench.claim(worker)
                try expect(running.count, is: 1, "the jobs that run for step \(step) of both runs")
                try await bench.reported(running[0], .succeeded(nil))
            }
            for id in [run.id, other.id] {
                try expect(try await bench.run(id).outcome, is: .succeeded, "each run")
            }
        },
        StoreContract("a step may say that its unique kind may run beside equal jobs") { bench in
            let command = CommandDefinition(kind: "work", run: ["true"], options: byAll)
            _ = try await bench.store.save(
                [DefinitionDraft(definition: .command(command), hash: "command")], files: [])
            let id = try await bench.submit("work", "{}", byAll)
            let run = try await bench.start([.run("a"), .run("b", unique: .never)])
            try expect(try await bench.member(run, "a").standIn, is: id, "a step that says nothing")
            try expect(try await bench.member(run, "b").state, is: .ready, "a step that says never")
        },
        StoreContract("a merged member wakes those who wait for it when it ends") { bench in
            let worker = try await bench.worker()
            _ = try await bench.submit("work", #"{"n":1}"#, byAll)
            let member = try await bench.member(bench.start([equal("a")]), "a")
            let job = try await bench.claimOne(worker)
            let store = bench.store
            let wakeUps = store.wakeUps.listen(to: [.job(member.id)])
            async let outcome: Outcome? = {
                for await _ in wakeUps { break }
                return try await store.job(member.id)?.outcome
            }()
            try await bench.reported(job, .succeeded(nil))
            try expect(try await outcome, is: .succeeded, "what the woken one sees")
        },
    ]
}
