public import LovageCore

/// The parts of a job that may be large.
public struct JobContents: OptionSet, Sendable, Hashable {
    /// The parts as bits.
    public let rawValue: UInt8
    /// Takes the parts as bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What it was submitted with.
    public static let arguments = JobContents(rawValue: 1)
    /// What it gave.
    public static let result = JobContents(rawValue: 2)
    /// Both.
    public static let all: JobContents = [.arguments, .result]
    /// How many bytes a part may have to be listed without being asked for.
    public static let short = 1_024
}

/// A job as a listing gives it: long parts that were not asked for are not read.
public struct ListedJob: Sendable, Hashable {
    /// The job; what was left out is null there.
    public let job: Job
    /// What was left out.
    public let leftOut: JobContents

    /// A job that was read without these parts.
    public init(_ job: Job, leftOut: JobContents = []) {
        self.job = job
        self.leftOut = leftOut
    }

    /// A job without its long parts, except those in `whole`.
    public init(shortening job: Job, except whole: JobContents) {
        var job = job
        var leftOut: JobContents = []
        if !whole.contains(.arguments), job.arguments.count > JobContents.short {
            job.arguments = .null
            leftOut.insert(.arguments)
        }
        if !whole.contains(.result), let result = job.result, result.count > JobContents.short {
            job.result = nil
            leftOut.insert(.result)
        }
        self.init(job, leftOut: leftOut)
    }

    /// About how many bytes it takes in an answer.
    public var size: Int {
        var size = 512 + job.arguments.count + (job.result?.count ?? 0) + (job.status?.data?.count ?? 0)
        size += job.failure?.message.utf8.count ?? 0
        if case .finished(.cancelled(.requested(let reason))) = job.state { size += reason.utf8.count }
        return size
    }
}

extension StoreQueries {
    /// Jobs with all their parts, newest first.
    public func jobs(_ filter: JobFilter, page: PageRequest) async throws(StoreError) -> Page<Job> {
        let page = try await listing(filter, page: page, whole: .all)
        return Page(items: page.items.map(\.job), next: page.next)
    }
}

/// Gathers one page within its bounds: a page may be shorter than its limit, and goes on with its `next`.
public struct PageBuilder<Item: Sendable>: Sendable {
    private let request: PageRequest
    private var items: [Item] = []
    private var bytes = 0
    private var hasMore = false

    /// An empty page.
    public init(_ request: PageRequest) { self.request = request }

    /// Takes one more item of about `size` bytes; false when the page is full, and the item begins the next one.
    public mutating func add(_ item: Item, size: Int) -> Bool {
        hasMore = items.count == request.limit || (bytes + size > request.mostBytes && !items.isEmpty)
        if hasMore { return false }
        items.append(item)
        bytes += size
        return true
    }

    /// The page; `id` names an item.
    public func page(_ id: (Item) -> UUIDv7) -> Page<Item> {
        Page(items: items, next: hasMore ? items.last.map(id) : nil)
    }
}
