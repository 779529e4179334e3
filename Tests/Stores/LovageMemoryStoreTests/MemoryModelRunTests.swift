import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow
import Testing

struct MemoryModelRunTests {
    private let now = Moment(store: StoreTime(microseconds: 1_000), wall: WallTime(microseconds: 1_000))
    private let worker = WorkerID(UUIDv7(high: 1, low: 1))

    private func started(_ steps: [WorkflowDefinition.Step], list: JSONValue = []) throws -> (MemoryModel, WorkflowRun)
    {
        var model = MemoryModel()
        let parameters = [Parameter(name: "list", type: .list, defaultValue: list)]
        let definition = WorkflowDefinition(name: "flow", parameters: parameters, steps: steps)
        _ = model.save([DefinitionDraft(definition: .workflow(definition), hash: "1")], files: [])
        let submission = WorkflowSubmission(id: WorkflowID(UUIDv7(high: 2, low: 2)), name: "flow")
        guard case .started(let run) = try model.start(submission, at: now).answer else {
            throw Refused()
        }
        return (model, run)
    }

    private struct Refused: Error {}

    private func claim(_ model: inout MemoryModel, upTo limit: Int = 1) throws -> [Job] {
        let offer = ClaimRule.Offer(kinds: ["k"], queues: ["default"])
        return try model.claim(
            ClaimRequest(worker: worker, offer: offer, limit: limit, starting: limit, lease: .seconds(30)), at: now
        ).answer
    }

    private func succeed(_ model: inout MemoryModel, _ job: Job) throws {
        _ = try model.apply([JobChange(job.id, .reported(fence: job.fence, .succeeded(.null), entropy: 0))], at: now)
    }

    @Test(.timeLimit(.minutes(5))) func `ten thousand members end one by one, and the last one starts their join`()
        throws
    {
        let list = JSONValue.array((0..<10_000).map { .number(JSONNumber($0)) })
        var (model, run) = try started(
            [
                WorkflowDefinition.Step(name: "each", kind: "k", foreach: "${params.list}"),
                WorkflowDefinition.Step(name: "join", kind: "k", needs: ["each"]),
            ], list: list)
        for index in 0..<10_000 {
            let job = try #require(try claim(&model).first)
            #expect(job.membership?.index == index)
            try succeed(&model, job)
        }
        let join = try #require(try claim(&model).first)
        #expect(join.membership?.step == "join")
        try succeed(&model, join)
        #expect(model.workflow(run.id)?.outcome == .succeeded)
    }

    @Test func `a chain of a thousand steps falls with its first one, without a deep stack`() throws {
        let steps = (0..<1_000).map {
            WorkflowDefinition.Step(name: "s\($0)", kind: "k", needs: $0 == 0 ? [] : ["s\($0 - 1)"])
        }
        var (model, run) = try started(steps)
        let first = try #require(try claim(&model).first)
        let end = JobEvent.reported(fence: first.fence, .failed(Failure(kind: "k", message: "")), entropy: 0)
        _ = try model.apply([JobChange(first.id, end)], at: now)
        #expect(model.workflow(run.id)?.outcome == .failed)
        #expect(model.members(of: run.id, step: "s999", offset: 0, limit: 1).first?.outcome?.name == .cancelled)
        _ = try model.apply([JobChange(first.id, .retried(held: false))], at: now)
        #expect(model.jobs(JobFilter(state: .suspended), page: PageRequest(limit: 1_000)).items.count == 999)
        #expect(model.workflow(run.id)?.outcome == nil)
    }

    @Test func `the same calls name the members of a run the same`() throws {
        let steps = [WorkflowDefinition.Step(name: "each", kind: "k", foreach: "${params.list}")]
        let (first, run) = try started(steps, list: [1, 2, 3])
        let (second, _) = try started(steps, list: [1, 2, 3])
        let members = first.members(of: run.id, step: "each", offset: 0, limit: 3)
        #expect(members == second.members(of: run.id, step: "each", offset: 0, limit: 3))
        #expect(Set(members.map(\.id)).count == 3)
    }
}
