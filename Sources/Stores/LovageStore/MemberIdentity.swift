public import LovageCore

extension JobID {
    /// The name of a job that a workflow's step brings into being; the same in every store for the same run.
    ///
    /// A store inserts members by itself and may have no source of chance: a name worked out from the run keeps two
    /// stores, and two runs of a simulation, comparable. `ordinal` is how many members the step had before this one.
    public init(memberOf workflow: WorkflowID, step: String, ordinal: Int, at wall: WallTime) {
        var place = Digest()
        for byte in workflow.uuid.bytes { place.add(byte) }
        for byte in step.utf8 { place.add(byte) }
        for shift in stride(from: 0, to: 64, by: 8) { place.add(UInt8(truncatingIfNeeded: ordinal >> shift)) }
        var bits = SplitMix64(seed: place.value)
        self.init(UUIDv7(at: wall, using: &bits))
    }
}

/// FNV-1a over the bytes of a member's place.
private struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
