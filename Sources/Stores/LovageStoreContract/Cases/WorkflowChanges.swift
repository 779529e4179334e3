import LovageCore
import LovageStore
import LovageWorkflow

extension StoreContract {
    static let workflowChanges = [
        StoreContract("a workflow nobody saved, or parameters that do not fit, start nothing") { bench in
            let unknown = WorkflowSubmission(id: WorkflowID(bench.uuid()), name: "none")
            try expect(try await bench.store.start(unknown), is: .unknown("none"), "an unknown workflow")
            try await bench.save([.run("a")], parameters: [Parameter(name: "n", type: .integer, isRequired: true)])
            let missing = WorkflowSubmission(id: WorkflowID(bench.uuid()), name: "flow")
            guard case .invalid(let problems) = try await bench.store.start(missing) else {
                throw ContractViolation(sentence: "missing parameters are refused", file: #fileID, line: #line)
            }
            try expect(!problems.isEmpty, "it says what is wrong")
            try expect(try await bench.store.workflow(missing.id), is: nil, "no run is stored")
            try expect(try await bench.all(), is: [], "no job is stored")
        },
        StoreContract("a run that is started again under its own id is started once") { bench in
            let run = try await bench.start([.run("a")])
            let again = WorkflowSubmission(id: run.id, name: "flow")
            try expect(try await bench.store.start(again), is: .started(run), "the second answer")
            try expect(try await bench.all().count, is: 1, "its jobs")
        },
        StoreContract("a run keeps the versions it began with, a new run takes the newest") { bench in
            let worker = try await bench.worker()
            func command(_ run: String) -> DefinitionDraft {
                DefinitionDraft(definition: .command(CommandDefinition(kind: "work", run: [run])), hash: run)
            }
            _ = try await bench.store.save([command("one")], files: [])
            let steps: [WorkflowDefinition.Step] = [
                .run("list"), .run("each", needs: ["list"], foreach: "${steps.list.result}"),
            ]
            let old = try await bench.start(steps)
            _ = try await bench.store.save([command("two")], files: [])
            try await bench.save([.run("other")], hash: "second")
            let new = try await bench.startSaved()
            try expect([old.definition.version, new.definition.version], is: [1, 2], "the versions")
            try expect([old.commands["work"], new.commands["work"]], is: [1, 2], "the versions of their commands")
            try await bench.end(bench.claimSteps(worker), "list", .succeeded(JSONText(validating: "[1]")))
            try expect(try await bench.members(old, "each").map(\.definition), is: [1], "a member inserted later")
            try expect(try await bench.member(new, "other").definition, is: 2, "the new run's job")
        },
        StoreContract("a cancelled run runs its failure branch once its members have ended, and ends with it") {
            bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("a"), .run("b", needs: ["a"]), .run("clean", needs: ["b"], rule: .anyFailed),
            ])
            _ = try await bench.claimSteps(worker)
            let cancelled = try await bench.store.cancelWorkflow(run.id, reason: "wrong day")
            try expect(cancelled?.outcome, is: nil, "the run's outcome")
            try expect(try await bench.member(run, "a").outcome, is: .cancelled(.workflow("wrong day")), "what ran")
            try expect(try await bench.member(run, "b").outcome, is: .cancelled(.workflow("wrong day")), "what waited")
            let branch = try await bench.claimSteps(worker)
            try expect(branch.keys.sorted(), is: ["clean"], "what runs then")
            let again = try await bench.store.cancelWorkflow(run.id, reason: "again")
            try expect(again, is: cancelled, "cancelling again changes nothing")
            try await bench.end(branch, "clean")
            try expect(try await bench.run(run.id).outcome, is: .cancelled, "its outcome in the end")
        },
        StoreContract("a failure branch of a cancelled run is ended by a cancel without cleanup") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("clean", needs: ["a"], rule: .anyFailed)])
            _ = try await bench.store.cancelWorkflow(run.id, reason: "wrong day")
            let branch = try require(try await bench.claimSteps(worker)["clean"], "the branch runs")
            let over = try await bench.store.cancelWorkflow(run.id, reason: "at once", cleanup: false)
            try expect(over?.outcome, is: .cancelled, "the run's outcome")
            try expect(over?.cancelled, is: "wrong day", "the first reason stands")
            try expect(try await bench.report(branch, .succeeded(nil)), is: .stale, "a report that comes too late")
        },
        StoreContract("cancelling a run without cleanup ends every job of it at once") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("a"), .run("b", needs: ["a"]), .run("each", needs: ["a"], foreach: "${steps.a.result}"),
                .run("clean", needs: ["b"], rule: .anyFailed),
            ])
            let running = try await bench.claimSteps(worker)
            let job = try require(running["a"], "the first step runs")
            let cancelled = try await bench.store.cancelWorkflow(run.id, reason: "wrong day", cleanup: false)
            try expect(cancelled?.outcome, is: .cancelled, "the run's outcome")
            try expect(try await bench.store.workflow(run.id), is: cancelled, "what is stored is what was answered")
            for member in try await bench.all(JobFilter(workflow: run.id)) {
                try expect(member.outcome, is: .cancelled(.workflow("wrong day")), "the outcome of a member")
            }
            try expect(try await bench.report(job, .succeeded(nil)), is: .stale, "a report that comes too late")
            let again = try await bench.store.cancelWorkflow(run.id, reason: "again", cleanup: false)
            try expect(again, is: cancelled, "cancelling again changes nothing")
        },
        StoreContract("cancelling a run nobody knows finds nothing") { bench in
            let answer = try await bench.store.cancelWorkflow(WorkflowID(bench.uuid()), reason: "")
            try expect(answer, is: nil, "the answer")
        },
        StoreContract("a step that is called off takes with it what needs it, and the run ends cancelled") { bench in
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            try await bench.cancel(bench.member(run, "a").id)
            try expect(try await bench.member(run, "b").outcome, is: .cancelled(.unreachable(step: "a")), "the next")
            try expect(try await bench.run(run.id).outcome, is: .cancelled, "the run's outcome")
        },
        StoreContract("a retry of a failed step brings back what could not be reached, and the run may succeed") {
            bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"]), .run("c", needs: ["b"])])
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            try expect(try await bench.run(run.id).outcome, is: .failed, "its first outcome")
            try await bench.apply(bench.member(run, "a").id, .retried(held: false))
            try expect(try await bench.run(run.id).outcome, is: nil, "the run goes on")
            try expect(try await bench.run(run.id).finished, is: nil, "it has not ended")
            let states = try await bench.states(of: run)
            try expect(states, is: ["a": .ready, "b": .suspended, "c": .suspended], "where its jobs stand")
            for step in ["a", "b", "c"] { try await bench.end(bench.claimSteps(worker), step) }
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "its second outcome")
            let generations = try await bench.all(JobFilter(workflow: run.id)).map(\.generation)
            try expect(generations, is: [2, 2, 2], "the generations of its jobs")
        },
        StoreContract("a failure branch runs again when what failed is retried and fails again") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("clean", needs: ["a"], rule: .anyFailed)])
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            try await bench.end(bench.claimSteps(worker), "clean")
            try await bench.apply(bench.member(run, "a").id, .retried(held: false))
            try expect(try await bench.member(run, "clean").state, is: .suspended(.needs), "the branch")
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            let branch = try await bench.claimSteps(worker)
            try await bench.apply(bench.member(run, "a").id, .retried(held: false))
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            try await bench.end(branch, "clean")
            try await bench.end(bench.claimSteps(worker), "clean")
            try expect(try await bench.member(run, "clean").attempts, is: 3, "how often it ran")
            try expect(try await bench.run(run.id).outcome, is: .failed, "the run's outcome")
        },
        StoreContract("a retry of one member of a foreach lets its join run") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start(
                [.run("each", foreach: "${params.list}"), .run("join", needs: ["each"])],
                parameters: [Parameter(name: "list", type: .list, defaultValue: [1, 2])])
            let running = try await bench.claimSteps(worker)
            try await bench.end(running, "each[0]", .failed(.sample))
            try await bench.end(running, "each[1]")
            try expect(try await bench.run(run.id).outcome, is: .failed, "its first outcome")
            try await bench.apply(try require(running["each[0]"], "the member").id, .retried(held: false))
            try await bench.end(bench.claimSteps(worker), "each[0]")
            try await bench.end(bench.claimSteps(worker), "join")
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "its second outcome")
        },
        StoreContract("a step that was called off while it waited waits again once it is retried") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"], with: ["n": "${steps.a.result}"])])
            let id = try await bench.member(run, "b").id
            try await bench.cancel(id)
            let again = try bench.changed(await bench.apply(id, .retried(held: false)))
            try expect(again.state, is: .suspended(.needs), "its state")
            try await bench.end(bench.claimSteps(worker), "a", .succeeded(JSONText(validating: "3")))
            try expect(try await bench.claimSteps(worker)["b"]?.arguments.string, is: #"{"n":3}"#, "its arguments")
        },
        StoreContract("the steps of a cancelled run are retried, and what waited for them waits again") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([
                .run("a"), .run("b", needs: ["a"]), .run("c", needs: ["b"]),
                .run("each", needs: ["c"], foreach: "${steps.c.result}"),
            ])
            try await bench.end(bench.claimSteps(worker), "a")
            _ = try await bench.claimSteps(worker)
            _ = try await bench.store.cancelWorkflow(run.id, reason: "wrong day")
            let (second, third) = (try await bench.member(run, "b").id, try await bench.member(run, "c").id)
            _ = try await bench.store.apply([
                JobChange(second, .retried(held: false)), JobChange(third, .retried(held: false)),
            ])
            try expect(try await bench.run(run.id).cancelled, is: nil, "the run is not cancelled any more")
            let states = try await bench.states(of: run)
            try expect(states, is: ["a": .finished, "b": .ready, "c": .suspended], "where its jobs stand")
            try await bench.end(bench.claimSteps(worker), "b")
            try await bench.end(bench.claimSteps(worker), "c", .succeeded(JSONText(validating: "[1]")))
            try await bench.end(bench.claimSteps(worker), "each[0]")
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "the run's outcome")
            try expect(try await bench.member(run, "c").generation, is: 2, "it was brought back once")
        },
        StoreContract("a step that waits for its needs takes the version that a retry names") { bench in
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            let job = try await bench.member(run, "b")
            let version = JobVersion(definition: 7, of: job, from: JobOptions(), to: JobOptions(crashLimit: 9))
            let held = try bench.changed(await bench.apply(job.id, .retried(held: false, version: version)))
            try expect(held.state, is: .suspended(.needs), "its state")
            try expect(
                [held.generation, held.definition ?? 0, held.options.crashLimit], is: [1, 7, 9], "what changed")
            try expect(try await bench.job(job.id), is: held, "what is stored")
        },
        StoreContract("a step that was never reached is not retried by itself") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            try await bench.end(bench.claimSteps(worker), "a", .failed(.sample))
            let job = try await bench.member(run, "b")
            try expect(try await bench.apply(job.id, .retried(held: false)), is: .unchanged(job), "the answer")
        },
        StoreContract("runs are listed newest first, by name, and by whether and how they ended") { bench in
            let finished = try await bench.start([.run("a")])
            _ = try await bench.store.cancelWorkflow(finished.id, reason: "")
            let open = try await bench.startSaved()
            let last = try await bench.startSaved()
            let cases: [(WorkflowFilter, [WorkflowID])] = [
                (WorkflowFilter(), [last.id, open.id, finished.id]), (WorkflowFilter(name: "other"), []),
                (WorkflowFilter(name: "flow", isFinished: false), [last.id, open.id]),
                (WorkflowFilter(isFinished: true), [finished.id]),
                (WorkflowFilter(outcome: .cancelled), [finished.id]), (WorkflowFilter(outcome: .failed), []),
            ]
            for (filter, expected) in cases {
                let page = try await bench.store.workflows(filter, page: PageRequest())
                try expect(page.items.map(\.id), is: expected, "what \(filter) finds")
            }
            let first = try await bench.store.workflows(WorkflowFilter(), page: PageRequest(limit: 2))
            try expect(first.items.map(\.id), is: [last.id, open.id], "the first page")
            let rest = try await bench.store.workflows(WorkflowFilter(), page: PageRequest(limit: 2, after: first.next))
            try expect(rest.items.map(\.id), is: [finished.id], "the second page")
            try expect(rest.next, is: nil, "there is no third")
        },
        StoreContract("whoever waits for a run is woken after its end is stored") { bench in
            let worker = try await bench.worker()
            let run = try await bench.start([.run("a")])
            let running = try await bench.claimSteps(worker)
            let store = bench.store
            let wakeUps = store.wakeUps.listen(to: [.workflow(run.id)])
            async let outcome: WorkflowOutcome? = {
                for await _ in wakeUps { break }
                return try await store.workflow(run.id)?.outcome
            }()
            try await bench.end(running, "a")
            try expect(try await outcome, is: .succeeded, "what the woken one sees")
        },
        StoreContract("the members of a run are kept as long as the last of them, and the run goes with them") {
            bench in
            try await bench.store.set(QueueSettings(keepFinishedFor: .seconds(60)), for: "default")
            let worker = try await bench.worker(lease: .seconds(30 * 86_400))
            let run = try await bench.start([.run("a"), .run("b", needs: ["a"])])
            try await bench.end(bench.claimSteps(worker), "a")
            bench.clock.advance(by: .seconds(120))
            try expect(try await bench.store.prune(upTo: 10), is: [], "while the run goes on")
            try await bench.end(bench.claimSteps(worker), "b")
            bench.clock.advance(by: .seconds(60) - .microseconds(1))
            try expect(try await bench.store.prune(upTo: 10), is: [], "while the last of them is kept")
            bench.clock.advance(by: .microseconds(1))
            try expect(try await bench.store.prune(upTo: 1).count, is: 1, "one of them")
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "the run, while it has a job")
            try expect(try await bench.store.prune(upTo: 10).count, is: 1, "the other")
            try expect(try await bench.store.workflow(run.id), is: nil, "the run, without jobs")
        },
        StoreContract("a run that never had a job is kept for seven days") { bench in
            let run = try await bench.start(
                [.run("each", foreach: "${params.list}")],
                parameters: [Parameter(name: "list", type: .list, defaultValue: [])])
            bench.clock.advance(by: .seconds(7 * 86_400) - .microseconds(1))
            _ = try await bench.store.prune(upTo: 10)
            try expect(try await bench.run(run.id).outcome, is: .succeeded, "before that")
            bench.clock.advance(by: .microseconds(1))
            _ = try await bench.store.prune(upTo: 10)
            try expect(try await bench.store.workflow(run.id), is: nil, "after it")
        },
    ]
}
