/// A shortage or a fault of the machine that kept an attempt from its work: never the job's fault.
public struct MachineTrouble: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the machine lacks.
    public let resource: Resource
    /// What was attempted and what the system said, as one sentence without its full stop.
    public let problem: String

    /// What a machine can lack.
    public enum Resource: String, Sendable, Hashable, CaseIterable {
        /// Descriptors of this process, or of the whole machine.
        case descriptors
        /// Processes and threads.
        case processes
        case memory
        /// Room on the disk, or in its quota.
        case disk
        /// A folder of ours that can be read and written.
        case folder
        /// A store that answers.
        case store
    }

    /// Names what is lacking, and where that showed.
    public init(_ resource: Resource, _ problem: String) {
        self.resource = resource
        self.problem = problem
    }

    /// What somebody can do about it.
    public var remedy: String {
        switch resource {
        case .descriptors:
            "raise the limit of open files (ulimit -n, LimitNOFILE=), or start it with fewer --slots"
        case .processes: "raise the limit of processes (ulimit -u, TasksMax=), or end some"
        case .memory: "free some memory"
        case .disk: "free some space, no restart is needed"
        case .folder: "see to the data folder: its disk, its mount, its owner and mode"
        case .store: "see what the health of the store says"
        }
    }

    /// Both, as one sentence.
    public var description: String { "\(problem); \(remedy)" }
}
