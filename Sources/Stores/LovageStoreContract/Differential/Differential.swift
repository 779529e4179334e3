// Two stores, the same commands: whatever one answers the other answers, and what people can see of them is the same.
//
// The commands are drawn from a seed with an eye on what was answered, so that most of them meet jobs that are there.
// Between them the store under test is ended and opened again, as a person would or as a kill does; the reference never
// is. The contract says in sentences what a store must do; this finds what nobody thought of saying.

public import LovageStore

/// Holds a store equal to the reference, command by command.
public struct Differential: Sendable {
    private let seed: UInt64
    private let commands: Int

    /// How the store under test is ended before it is opened again.
    public enum End: Sendable, Hashable {
        /// Closed in order.
        case closed
        /// Left as a killed process leaves it: without a word.
        case killed
    }

    /// Makes the run of one seed. Default 400 commands.
    public init(seed: UInt64, commands: Int = 400) {
        self.seed = seed
        self.commands = commands
    }

    /// Runs it; throws `Difference` at the first one, or what a store throws when it is opened.
    ///
    /// `open` makes the store under test, empty at first; later it ends the one it made last, in the way it is told, and
    /// opens what that one has left.
    public func check(
        against makeModel: (VirtualClock) -> any Store, open: (VirtualClock, End?) async throws -> any Store
    ) async throws {
        let clock = VirtualClock()
        let model = makeModel(clock)
        var store = try await open(clock, nil)
        var source = CommandSource(seed: seed, clock: clock)
        for step in 1...max(1, commands) {
            let command = source.next()
            let expected = await command.run(on: model)
            let answer = await command.run(on: store)
            guard answer == expected else {
                throw Difference(
                    seed: seed, step: step, what: "\(command)\nthe store: \(answer)\nthe reference: \(expected)")
            }
            source.note(answer)
            if step.isMultiple(of: 50) {
                if let what = try await StoreDump(of: store).difference(from: StoreDump(of: model)) {
                    throw Difference(seed: seed, step: step, what: what)
                }
            }
            if let end = Self.end(after: step) { store = try await open(clock, end) }
        }
    }

    private static func end(after step: Int) -> End? {
        if step.isMultiple(of: 130) { return .killed }
        return step.isMultiple(of: 90) ? .closed : nil
    }
}

/// Something in which a store differs from the reference.
public struct Difference: Error, Sendable, CustomStringConvertible {
    /// Whose run it was.
    public let seed: UInt64
    /// After how many commands.
    public let step: Int
    /// The command with both answers, or what was read of both.
    public let what: String
    /// All of it.
    public var description: String { "seed \(seed), command \(step): \(what)" }
}
