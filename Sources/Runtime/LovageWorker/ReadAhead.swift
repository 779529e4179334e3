/// How many jobs a worker holds beyond its slots: about 10 ms of measured work, none for slow kinds.
///
/// A claim costs a commit; a worker of jobs that take microseconds would otherwise spend its time on claims.
public struct ReadAhead: Sendable, Hashable {
    /// The work to hold, as time of one slot.
    public static let span = Duration.milliseconds(10)
    /// Never more than this, whatever the measure says.
    public static let most = 1_000

    private var averageMicroseconds: Double?

    /// Nothing measured: nothing is read ahead.
    public init() {}

    /// Takes note of how long an attempt ran.
    public mutating func measure(_ duration: Duration) {
        let sample = Double(max(1, duration.microseconds))
        guard let average = averageMicroseconds else {
            averageMicroseconds = sample
            return
        }
        // A slow job counts at once, quick ones bring the average down slowly: reading ahead of slow work delays it.
        averageMicroseconds = sample > average * 4 ? sample : average + (sample - average) / 32
    }

    /// How many jobs to hold beyond `slots`.
    public func count(slots: Int) -> Int {
        guard let average = averageMicroseconds else { return 0 }
        let perSlot = Double(Self.span.microseconds) / average
        return perSlot < 2 ? 0 : min(Self.most, Int(perSlot * Double(slots)))
    }
}

extension Duration {
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
