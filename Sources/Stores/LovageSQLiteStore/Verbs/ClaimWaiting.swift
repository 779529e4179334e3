#if SQLite
import GRDBSQLite
import LovageCore
import LovageStore

// Claims that wait are carried out by the transaction that makes jobs ready: at its end, by asking the index like any
// other claim, or, when a single job comes in and nothing else could go before it, as that job is stored. Then it is
// written once, as running, and is in the indexes of ready and waiting jobs at no time.

extension WriteTransaction {
    /// Gives the jobs that the group made ready to the claims that wait, the oldest first, or those that are due soon.
    func serveClaims() throws {
        defer { looksAhead = false }
        guard looksAhead || ledger.hasWoken(.work), !claims.isEmpty else { return }
        let open = openClaims
        for claim in open {
            beginOperation()
            let jobs = try self.claim(claim.request)
            if !jobs.isEmpty { ledger.give(jobs, to: claim) }
        }
        if !open.isEmpty, !ledger.hasReady { ledger.letSleep(.work) }
    }

    /// The claim that takes a new job the moment it is stored, if there is one: the oldest that may run it and to which
    /// nothing else is ready.
    func taker(of job: Job) -> WaitingClaim? {
        guard job.state == .ready, !claims.isEmpty else { return nil }
        let settings = ledger[job.queue].settings
        return openClaims.first { claim in
            let offer = claim.request.offer
            return offer.queues.allSatisfy { ledger[$0].counts.ready == 0 || ledger[$0].settings.isPaused }
                && ClaimRule.verdict(on: job, settings: settings, offers: [offer], at: now) == .mayRun
        }
    }

    /// Stores a new job as the claim has it that takes it, unless one with its id is stored; answers whether it did.
    func insertUnlessKnown(_ new: Job, takenBy claim: WaitingClaim) throws -> Bool {
        var ready = new
        ready.sequence = ledger.sequence + 1
        let request = claim.request
        let lease = Lease(
            worker: request.worker, claimed: now.store, started: request.starting > 0 ? now.store : nil,
            expires: try beginLeases(of: request.worker, for: request.lease))
        guard case .change(let transition) = try decide(.claimed(lease), on: ready) else {
            throw StoreError(.bug, attempted: "store job \(new.id)", cause: "a claim takes it that may not have it")
        }
        let job = transition.job
        guard try insertUnlessKnown(job) else { return false }
        ledger.sequence = job.sequence
        ledger.give([job], to: claim)
        claimed.note(job, in: sqlite3_last_insert_rowid(connection.handle))
        marks.add("claim")
        return true
    }

    /// The claims that wait and have been given nothing yet, taken up for this transaction.
    private var openClaims: [WaitingClaim] {
        claims.takeUp().filter { claim in !ledger.given.contains { $0.claim === claim } }
    }
}
#endif
