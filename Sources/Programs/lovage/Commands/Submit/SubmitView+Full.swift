import LovageAPI

extension SubmitView {
    /// True when its queue took no more.
    var isFull: Bool { error?.isFull ?? false }
}

extension ProblemView {
    /// True when a queue took no more.
    var isFull: Bool { code == .queueFull }
}
