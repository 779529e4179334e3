/// How many slots and connections the descriptors of a process are enough for.
///
/// Pure. A running command takes a few, the store and what listens take some, a start takes some more for a moment. Slots go
/// before connections, because somebody asked for their number; but a share stays for those who look and cancel.
public struct DescriptorBudget: Sendable, Equatable {
    /// How many descriptors the process may have open.
    public let limit: Int

    /// How many event loops there are: one for each core.
    let cores: Int
    /// Store, logs, what listens, and who reads what for a moment.
    static let base = 28
    /// What each event loop takes.
    static let eachLoop = 3
    /// Pipes to the supervisor and back, what its end is known by, its log file. Measured: 5.
    static let eachCommand = 6
    /// What swift-subprocess has open at most while it starts a process.
    static let eachStart = 8

    /// A budget of `limit` descriptors on a machine with so many cores.
    public init(limit: Int, cores: Int) {
        // Some systems have no limit.
        self.limit = min(limit, Self.most)
        self.cores = cores
    }

    private static let most = 1 << 20

    /// How many commands may be started at the same moment.
    public var starts: Int { limit >= 1_024 ? 8 : 2 }

    /// As many of the slots that were asked for as there is room for; 0 when there is none.
    public func slots(asked: Int) -> Int { min(asked, max(0, (free - fewestConnections) / Self.eachCommand)) }

    /// How many connections there is room for beside so many slots.
    public func connections(beside slots: Int) -> Int { max(1, free - slots * Self.eachCommand) }

    /// A higher limit that is enough for so many slots here.
    public func limit(for slots: Int) -> Int {
        // A share of the limit is kept for connections, so that the limit stands on both sides: looked for, not computed.
        var low = limit + 1
        var high = Self.most
        while low < high {
            let middle = (low + high) / 2
            if DescriptorBudget(limit: middle, cores: cores).slots(asked: slots) == slots {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// What is taken without any slot or connection.
    var fixed: Int { Self.base + cores * Self.eachLoop + starts * Self.eachStart }
    private var free: Int { limit - fixed }
    private var fewestConnections: Int { max(8, limit / 8) }
}
