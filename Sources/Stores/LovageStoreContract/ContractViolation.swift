/// A store did not do what its contract says.
public struct ContractViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// What should have held, and what was seen instead.
    public let sentence: String
    /// Where it was checked.
    public let file: String
    /// The line of the check.
    public let line: UInt

    /// The sentence with its place.
    public var description: String { "\(sentence) (\(file):\(line))" }
}

/// Throws unless `condition` holds.
func expect(_ condition: Bool, _ sentence: @autoclosure () -> String, file: String = #fileID, line: UInt = #line)
    throws(ContractViolation)
{
    if !condition { throw ContractViolation(sentence: sentence(), file: file, line: line) }
}

/// Throws unless `seen` is `expected`.
func expect<Value: Equatable>(
    _ seen: Value, is expected: Value, _ sentence: @autoclosure () -> String, file: String = #fileID,
    line: UInt = #line
) throws(ContractViolation) {
    if seen != expected {
        throw ContractViolation(
            sentence: "\(sentence()): expected \(expected), saw \(seen)", file: file, line: line)
    }
}

/// Throws when `value` is nil.
func require<Value>(
    _ value: Value?, _ sentence: @autoclosure () -> String, file: String = #fileID, line: UInt = #line
) throws(ContractViolation) -> Value {
    guard let value else { throw ContractViolation(sentence: sentence(), file: file, line: line) }
    return value
}
