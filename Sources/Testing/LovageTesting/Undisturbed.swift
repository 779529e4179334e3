public import LovageStore

/// Measures something that takes time, and does not count a measurement that the machine disturbed.
///
/// A test that judges time fails on a busy machine through no fault of the code. Here `body` measures; when meanwhile
/// more than `most` of the time somebody waited for a processor or a disk, what it measured is void and it is run again, at
/// most `repeats` times. The last measurement counts however busy the machine is, so that no test is void for ever.
///
/// ```swift
/// let slowest = try await undisturbed { try await slowestAnswer() }
/// #expect(slowest < .milliseconds(100))
/// ```
///
/// - Parameters:
///   - most: the pressure up to which a measurement counts, besides what `body` itself makes. Default: a quarter of the
///     time.
///   - repeats: how many void measurements are repeated. Default 2.
///   - read: where the pressure is read; without an answer every measurement counts.
public func undisturbed<Value>(
    most: MachinePressure = MachinePressure(processor: 0.25, disk: 0.25), repeats: Int = 2,
    timekeeper: Timekeeper = .continuous, read: () -> MachinePressure.Totals? = MachinePressure.Totals.read,
    _ body: () async throws -> Value
) async rethrows -> Value {
    for _ in 0..<repeats {
        let (first, began) = (read(), timekeeper.elapsed())
        let value = try await body()
        guard let first, let last = read() else { return value }
        let pressure = MachinePressure(from: first, to: last, over: timekeeper.elapsed() - began)
        if pressure.processor <= most.processor, pressure.disk <= most.disk { return value }
    }
    return try await body()
}
