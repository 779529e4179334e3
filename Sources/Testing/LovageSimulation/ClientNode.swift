import LovageCore
import LovageMemoryStore
import LovageStore
import LovageWorkflow

/// A submitter that keeps asking until it has an answer, under the same idempotency key.
struct ClientNode {
    let index: Int
    var remaining: Int
    var outstanding: (id: Int, submissions: [Submission])?
    /// What it was told is stored.
    var acknowledged: [JobID] = []
    var number = 0
}

extension World {
    func take(_ step: ClientStep, client index: Int) throws(Violation) {
        switch step {
        case .submitNext:
            guard clients[index].outstanding == nil, clients[index].remaining > 0 else { return }
            let count = min(Int(work.pick(1...5)), clients[index].remaining)
            var submissions: [Submission] = []
            for _ in 0..<count {
                clients[index].number += 1
                submissions.append(Jobs.submission(client: index, number: clients[index].number, world: self))
            }
            ask(submissions, client: index)
        case .timeout(let request):
            guard let outstanding = clients[index].outstanding, outstanding.id == request else { return }
            // A new id under the same key: as a client does that does not know whether it was heard.
            let again = outstanding.submissions.map { submission in
                var copy = submission
                copy.id = JobID(UUIDv7(at: moment.wall, using: &ids))
                return copy
            }
            ask(again, client: index)
        }
    }

    private func ask(_ submissions: [Submission], client index: Int) {
        let id = send(.submit(submissions), from: .client(index))
        clients[index].outstanding = (id, submissions)
        timeline.plan(.client(index, .timeout(request: id)), at: now + 400_000)
    }

    func received(_ reply: Reply, id: Int, client index: Int) throws(Violation) {
        guard case .submitted(let answers) = reply, let outstanding = clients[index].outstanding, outstanding.id == id
        else { return }
        clients[index].outstanding = nil
        var refused: [Submission] = []
        for (submission, answer) in zip(outstanding.submissions, answers) {
            if let id = answer.id {
                try checker.acknowledged(id, for: submission)
                clients[index].acknowledged.append(id)
                clients[index].remaining -= 1
            } else if case .queueFull = answer {
                refused.append(submission)
            } else {
                clients[index].remaining -= 1
            }
        }
        timeline.plan(.client(index, .submitNext), at: now + work.pick(1_000...(refused.isEmpty ? 300_000 : 800_000)))
    }
}

/// Somebody who cancels, retries, pauses and starts.
struct PersonNode {
    var outstanding: [Int: Request] = [:]
    var startedWorkflows: [WorkflowID] = []
}

extension World {
    func take(_ step: PersonStep) throws(Violation) {
        switch step {
        case .cancelSome:
            let jobs = server.durable.jobs(JobFilter(), page: PageRequest(limit: 1_000)).items
            guard !jobs.isEmpty else { return }
            // One that stands for others goes first: that is what few find by chance.
            let standIns = Set(jobs.filter { $0.state == .suspended(.merged) }.compactMap(\.standIn))
            let job = work.pick(standIns.isEmpty ? jobs : jobs.filter { standIns.contains($0.id) })
            if case .running = job.state { seen.insert(.cancelWhileRunning) }
            ask(.report([JobChange(job.id, .cancelled(.requested("test")))]))
        case .retrySome:
            // What has succeeded seldom, and no member: nothing decides a second time what went on with its result.
            let isPicky = work.chance(0.8)
            let finished = server.durable.jobs(JobFilter(state: .finished), page: PageRequest(limit: 1_000)).items
                .filter { $0.outcome != .succeeded || (!isPicky && $0.membership == nil) }
            guard !finished.isEmpty else { return }
            // One whose equal is not over goes first: that is what few find by chance.
            let equals = Set(checker.unique.filter { !$0.value.isEmpty }.keys)
            let taken = finished.filter { $0.equality.map(equals.contains) ?? false }
            ask(.report([JobChange(work.pick(taken.isEmpty ? finished : taken).id, .retried(held: false))]))
        case .pauseQueue:
            ask(.set(settings(isPaused: true), "default"))
            seen.insert(.pausedQueue)
            timeline.plan(.person(.resumeQueue), at: now + work.pick(100_000...2_000_000))
        case .resumeQueue: ask(.set(settings(isPaused: false), "default"))
        case .startWorkflow(let number):
            let id = WorkflowID(UUIDv7(at: moment.wall, using: &ids))
            person.startedWorkflows.append(id)
            // Two at a time of one definition, so that runs of it meet.
            let choice = (Int(seed % 4) + number / 2) % Workflows.definitions.count
            ask(.start(WorkflowSubmission(id: id, name: Workflows.definitions[choice].name)))
        case .cancelSomeWorkflow:
            guard !person.startedWorkflows.isEmpty else { return }
            ask(.cancelWorkflow(work.pick(person.startedWorkflows), cleanup: !work.chance(0.2)))
        case .timeout(let id):
            // A person does not ask again: what was asked last would then undo what was asked later.
            person.outstanding[id] = nil
        }
    }

    private func settings(isPaused: Bool) -> QueueSettings {
        QueueSettings(isPaused: isPaused, capacity: plan.bounded ? Plan.capacity : nil)
    }

    private func ask(_ request: Request) {
        let id = send(request, from: .person)
        person.outstanding[id] = request
        timeline.plan(.person(.timeout(request: id)), at: now + 500_000)
    }
}
