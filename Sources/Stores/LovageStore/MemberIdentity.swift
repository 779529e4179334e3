public import LovageCore

extension JobID {
    /// The name of a job that a workflow's step brings into being; the same in every store for the same run.
    ///
    /// A store inserts members by itself and may have no source of chance: a name worked out from the run keeps two
    /// stores, and two runs of a simulation, comparable. `ordinal` is how many members the step had before this one.
    public init(memberOf workflow: WorkflowID, step: String, ordinal: Int, at wall: WallTime) {
        var bits = MemberBits(workflow, step, ordinal)
        self.init(UUIDv7(at: wall, using: &bits))
    }
}

/// Bits that follow from a member's place: FNV-1a over its bytes, spread by SplitMix64.
private struct MemberBits: RandomNumberGenerator {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ workflow: WorkflowID, _ step: String, _ ordinal: Int) {
        for byte in workflow.uuid.bytes { add(byte) }
        for byte in step.utf8 { add(byte) }
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: ordinal >> shift)) }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
