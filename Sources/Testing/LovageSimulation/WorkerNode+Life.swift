import LovageCore
import LovageStore
import LovageWorker

extension World {
    // MARK: How a worker's process ends

    func crash(worker index: Int) {
        guard workers[index].isUp else { return }
        restart(worker: index)
    }

    /// Asks a worker to stop: what it runs may end, what waits in it goes back.
    func stop(worker index: Int) throws(Violation) {
        guard workers[index].isUp, workers[index].register == nil, !workers[index].isDraining else { return }
        if now < workers[index].pausedUntil {
            timeline.plan(.workerStop(index), at: workers[index].pausedUntil + 1)
            return
        }
        workers[index].isDraining = true
        seen.insert(.drained)
        giveBackWaiting(index)
        try act(workers[index].loop.handle(.drained), worker: index)
    }

    func giveBackWaiting(_ index: Int) {
        for id in workers[index].order {
            guard let entry = workers[index].held[id], !entry.isRunning else { continue }
            remove(id, worker: index)
            report([JobChange(id, .reported(fence: entry.job.fence, .handedBack, entropy: 0))], worker: index)
        }
    }

    /// Everything has ended: it says so and is gone, and its successor begins.
    func leave(worker index: Int) {
        _ = send(.retire(workers[index].id), from: .worker(index))
        restart(worker: index)
    }

    private func restart(worker index: Int) {
        let life = workers[index].life + 1
        workers[index] = WorkerNode(index: index, slots: plan.slots)
        workers[index].life = life
        timeline.plan(.worker(index, life: life, .begin), at: now + faults.pick(1_000...1_000_000))
    }

    func pause(worker index: Int, for length: Int64) {
        workers[index].pausedUntil = max(workers[index].pausedUntil, now + length)
    }
}
