import LovageCore
import LovageStore
import LovageWorkflow

extension StoreContract {
    static let workflows = [
        StoreContract("steps that need nothing are ready at once, the others wait for their needs") { bench in
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"]), .run("c")])
            try expect(run.outcome, is: nil, "the run's outcome")
            try expect(try await bench.store.workflow(run.id), is: run, "what is stored is what was answered")
            let states = try await bench.states(of: run)
            try expect(states, is: ["a": .ready, "b": .suspended, "c": .ready], "where its jobs stand")
            let job = try await bench.member(run, "b")
            let membership = Job.Membership(workflow: run.id, step: "b", index: nil)
            try expect(job.membership, is: membership, "which step the job is")
            try expect(job.state, is: .suspended(.needs), "what it waits for")
        },
        StoreContract("a step starts when everything it needs has succeeded, and not before") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b"), .run("join", needs: ["a", "b"])])
            let first = try await bench.claimSteps(worker)
            try expect(first.keys.sorted(), is: ["a", "b"], "what runs at first")
            try await bench.end(first, "a")
            try expect(try await bench.claimSteps(worker).isEmpty, "one need is not enough")
            try await bench.end(first, "b")
            let last = try await bench.claimSteps(worker)
            try expect(last.keys.sorted(), is: ["join"], "what runs then")
            try await bench.end(last, "join")
            let ended = try await bench.run(run.id)
            try expect(ended.outcome, is: .succeeded, "the run's outcome")
            try expect(ended.finished, is: bench.now.store, "when it ended")
        },
        StoreContract("a step that needs two others starts once, even when both end in one call") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b"), .run("join", needs: ["a", "b"])])
            let running = try await bench.claimSteps(worker)
            let ends = running.values.map { JobChange($0.id, .reported(fence: $0.fence, .succeeded(nil), entropy: 0)) }
            _ = try await bench.store.apply(ends + ends)
            try expect(try await bench.claimSteps(worker).keys.sorted(), is: ["join"], "what runs then")
            try expect(try await bench.members(run, "join").count, is: 1, "the jobs of the join")
            try expect(try await bench.member(run, "join").attempts, is: 1, "its attempts")
        },
        StoreContract("a step reads the results of what it needs, and the run shows its outputs") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start(
                [.run("a"), .run("b", needs: ["a"], with: ["from": "${steps.a.result.n}"])],
                outputs: [JSONMember("n", "${steps.b.result}")])
            try await bench.end(bench.claimSteps(worker), "a", .succeeded(JSONText(validating: #"{"n": 7}"#)))
            let next = try await bench.claimSteps(worker)
            try expect(next["b"]?.arguments.string, is: #"{"from":7}"#, "its arguments")
            try expect(try await bench.store.results(of: run.id, step: "a").count, is: 1, "the results of the need")
            try await bench.end(next, "b", .succeeded(JSONText(validating: "8")))
            try expect(try await bench.run(run.id).outputs?.string, is: #"{"n":8}"#, "the outputs")
        },
        StoreContract("a foreach has one job for each element, in order, and its join runs once after the last") {
            bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("list"), .run("each", needs: ["list"], foreach: "${steps.list.result}", with: ["v": "${item}"]),
                .run("join", needs: ["each"], with: ["all": "${steps.each.results}"]),
            ])
            try expect(try await bench.members(run, "each"), is: [], "no member before the list is known")
            try await bench.end(bench.claimSteps(worker), "list", .succeeded(JSONText(validating: "[5,6,7]")))
            let members = try await bench.members(run, "each")
            try expect(members.map { $0.membership?.index }, is: [0, 1, 2], "their indexes")
            try expect(members.map(\.arguments.string), is: [#"{"v":5}"#, #"{"v":6}"#, #"{"v":7}"#], "their arguments")
            let running = try await bench.claimSteps(worker)
            for index in [2, 0] {
                try await bench.end(running, "each[\(index)]", .succeeded(JSONText(validating: "\(index)")))
                try expect(try await bench.claimSteps(worker).isEmpty, "the join waits")
            }
            try await bench.end(running, "each[1]", .skipped("nothing"))
            let results = try await bench.store.results(of: run.id, step: "each").map { $0?.string }
            try expect(results, is: ["0", nil, "2"], "their results")
            let join = try await bench.claimSteps(worker)
            try expect(join["join"]?.arguments.string, is: #"{"all":[0,null,2]}"#, "the join's arguments")
            try await bench.end(join, "join")
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "the run's outcome")
        },
        StoreContract("a foreach over nothing is skipped and what needs it goes on") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start(
                [.run("each", foreach: "${params.list}"), .run("join", needs: ["each"])],
                parameters: [Parameter(name: "list", type: .list, defaultValue: [])])
            try expect(try await bench.run(run.id).steps[0].state, is: .finished(.skipped), "the step")
            try expect(try await bench.claimSteps(worker).keys.sorted(), is: ["join"], "what runs")
        },
        StoreContract("a foreach of a thousand members joins once, whatever order they end in") { bench in
            let worker = try await bench.worker()
            let list = JSONValue.array((0..<1_000).map { .number(JSONNumber($0)) })
            let run = try await bench.start(
                [.run("each", foreach: "${params.list}"), .run("join", needs: ["each"])],
                parameters: [Parameter(name: "list", type: .list, defaultValue: list)])
            let jobs = try await bench.claim(worker, upTo: 2_000)
            try expect(jobs.map { $0.membership?.index }, is: Array(0..<1_000), "they are claimed in order")
            for start in stride(from: 900, through: 0, by: -100) {
                let ends = jobs[start..<start + 100].map {
                    JobChange($0.id, .reported(fence: $0.fence, .succeeded(.null), entropy: 0))
                }
                _ = try await bench.store.apply(ends)
            }
            try expect(try await bench.claimSteps(worker).keys.sorted(), is: ["join"], "what runs then")
            let page = try await bench.store.members(of: run.id, step: "each", offset: 990, limit: 20)
            try expect(page.map { $0.membership?.index }, is: Array(990..<1_000), "the last page of members")
            let short = try await bench.store.members(of: run.id, step: "each", offset: 990, limit: 20, whole: [])
            try expect(short.map(\.job), is: page, "short members, of which nothing is left out")
        },
        StoreContract("what needs a failed step is never reached, with the reason, and the failure branch runs") {
            bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("a"), .run("b", needs: ["a"]), .run("c", needs: ["b"]),
                .run("clean", needs: ["b"], rule: .anyFailed), .run("always", needs: ["c"], rule: .allFinished),
            ])
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            try expect(try await bench.member(run, "b").outcome, is: .cancelled(.unreachable(step: "a")), "the next")
            try expect(try await bench.member(run, "c").outcome, is: .cancelled(.unreachable(step: "b")), "the third")
            let branch = try await bench.claimSteps(worker)
            try expect(branch.keys.sorted(), is: ["always", "clean"], "what runs then")
            try expect(try await bench.run(run.id).outcome, is: nil, "the run goes on")
            try await bench.end(branch, "clean")
            try await bench.end(branch, "always")
            try expect(try await bench.run(run.id).outcome, is: .failed, "the run's outcome")
        },
        StoreContract("a failure branch is skipped when nothing failed, and a step whose condition is false as well") {
            bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("a"), .run("clean", needs: ["a"], rule: .anyFailed),
                .run("maybe", needs: ["a"], when: "steps.a.outcome == 'failed'"), .run("end", needs: ["maybe"]),
            ])
            try await bench.end(bench.claimSteps(worker), "a")
            for step in ["clean", "maybe"] {
                try expect(try await bench.member(run, step).outcome?.name, is: .skipped, "the outcome of \(step)")
            }
            try await bench.end(bench.claimSteps(worker), "end")
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "the run's outcome")
        },
        StoreContract("an attempt that is lost or retried does not end its step") { bench in
            let doomed = try await bench.worker()
            let run = try await bench.start([.run("a", retries: 1), .run("b", needs: ["a"])])
            _ = try await bench.claimSteps(doomed)
            try await bench.store.retire(doomed)
            let worker = try await bench.worker()
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            try expect(try await bench.run(run.id).steps[0].state, is: .running, "the step")
            try await bench.end(bench.claimSteps(worker), "a")
            try expect(try await bench.claimSteps(worker).keys.sorted(), is: ["b"], "what runs then")
        },
        StoreContract("a step that could not be worked out fails without running") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"], with: ["n": "${steps.a.result.gone}"])])
            try await bench.end(bench.claimSteps(worker), "a", .succeeded(.emptyObject))
            let job = try await bench.member(run, "b")
            try expect(job.outcome, is: .failed(.error), "its outcome")
            try expect(job.attempts, is: 0, "its attempts")
            try expect(job.failure != nil, "it says why")
            try expect(try await bench.run(run.id).outcome, is: .failed, "the run's outcome")
        },
        StoreContract("a step's own queue, priority and delay replace those of its kind") { bench in
            let overrides = WorkflowDefinition.Overrides(queue: "slow", priority: 9, delay: .seconds(60))
            let worker = try await bench.worker()
            var second = WorkflowDefinition.Step.run("b", needs: ["a"])
            second.overrides = overrides
            let run = try await bench.start([.run("a"), second])
            bench.clock.advance(by: .seconds(5))
            try await bench.end(bench.claimSteps(worker), "a")
            let job = try await bench.member(run, "b")
            try expect(job.queue, is: "slow", "its queue")
            try expect(job.options.priority, is: 9, "its priority")
            try expect(job.state, is: .suspended(.until(bench.now.store + .seconds(60))), "it waits after its needs")
        },
    ]
}
