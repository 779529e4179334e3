public import LovageCore
public import LovageStore

extension MemoryModel {
    /// A job.
    public func job(_ id: JobID) -> Job? { jobs[id] }

    /// Every attempt of a job, oldest first.
    public func attempts(of id: JobID) -> [Attempt] { attempts[id] ?? [] }

    /// Jobs, newest first; of their long parts only those in `whole`. Complexity: O(jobs looked at).
    public func listing(_ filter: JobFilter, page: PageRequest, whole: JobContents) -> Page<ListedJob> {
        let candidates = indexes.all.descending(before: page.after.map(JobID.init))
        let found = candidates.lazy.compactMap { jobs[$0] }.filter(filter.matches)
            .map { ListedJob(shortening: $0, except: whole) }
        return Page(found, page, id: \.job.id.uuid, size: \.size)
    }

    /// Jobs with all their parts, newest first.
    public func jobs(_ filter: JobFilter, page: PageRequest) -> Page<Job> {
        let page = listing(filter, page: page, whole: .all)
        return Page(items: page.items.map(\.job), next: page.next)
    }

    /// How many ready jobs of its queue are claimed before this one.
    public func ahead(of job: Job) -> Int {
        let key = JobIndexes.ReadyKey(job)
        return indexes.ready[job.queue].map { $0.ascending.prefix { $0 < key }.reduce(0) { count, _ in count + 1 } }
            ?? 0
    }

    /// The ids of jobs in a range, newest first. Complexity: O(jobs that are newer).
    public func jobIDs(in range: ClosedRange<UUIDv7>, limit: Int) -> [JobID] {
        indexes.all.descending(before: nil).ids(in: range, limit: limit)
    }

    /// The ids of runs in a range, newest first. Complexity: O(runs that are newer).
    public func runIDs(in range: ClosedRange<UUIDv7>, limit: Int) -> [WorkflowID] {
        runOrder.descending(before: nil).ids(in: range, limit: limit)
    }

    /// Every queue that has settings or jobs, by name.
    public func queues() -> [QueueOverview] {
        Set(settings.keys).union(indexes.counts.filter { $0.value.values.contains { $0 > 0 } }.keys).sorted()
            .map(overview)
    }

    private func overview(of queue: QueueName) -> QueueOverview {
        let ready = indexes.ready[queue]
        return QueueOverview(
            name: queue, settings: settings(of: queue), ready: indexes.count(.ready, in: queue),
            suspended: indexes.count(.suspended, in: queue), blocked: indexes.count(.blocked, in: queue),
            running: indexes.count(.running, in: queue),
            oldestReady: ready?.ascending.compactMap { jobs[$0.id]?.submitted.store }.min())
    }

    /// One queue's settings; the defaults for a queue nobody has set.
    public func settings(of queue: QueueName) -> QueueSettings { settings[queue] ?? QueueSettings() }

    /// Every worker whose lease holds at `now`, oldest first.
    public func workers(at now: Moment) -> [WorkerOverview] {
        workers.values.filter { $0.leaseEnds > now.store }
            .map {
                WorkerOverview(
                    record: $0.record, since: $0.since, leaseEnds: $0.leaseEnds,
                    running: indexes.held[$0.record.id]?.count ?? 0)
            }
            .sorted { ($0.since, $0.record.id) < ($1.since, $1.record.id) }
    }
}

extension JobFilter {
    fileprivate func matches(_ job: Job) -> Bool {
        (queue == nil || job.queue == queue) && (kind == nil || job.kind == kind)
            && (state == nil || job.state.name == state) && (outcome == nil || job.outcome?.name == outcome)
            && (workflow == nil || job.membership?.workflow == workflow)
            && (status == nil || job.status?.name == status) && first.map { $0 <= job.id.uuid } ?? true
    }
}

extension Sequence where Element: Identifier {
    /// Of ids that come newest first, those in a range.
    fileprivate func ids(in range: ClosedRange<UUIDv7>, limit: Int) -> [Element] {
        Array(
            lazy.drop { $0.uuid > range.upperBound }.prefix { $0.uuid >= range.lowerBound }.prefix(Swift.max(0, limit)))
    }
}

extension Page {
    /// As many of `items` as one page takes; they come after `request.after` already.
    init(_ items: some Sequence<Item>, _ request: PageRequest, id: (Item) -> UUIDv7, size: (Item) -> Int) {
        var builder = PageBuilder<Item>(request)
        for item in items where !builder.add(item, size: size(item)) { break }
        self = builder.page(id)
    }
}
