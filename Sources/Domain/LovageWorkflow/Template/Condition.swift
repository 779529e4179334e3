import LovageCore

/// An expression that holds or does not, as in `when: steps.archive.outcome == 'failed' or not params.quick`.
///
/// It knows references, literals, `== != < <= > >=`, `not`, `and`, `or` and parentheses; `${` and `}` may stand around
/// any part and count as parentheses. An expression alone holds unless it is null, false, 0 or empty.
public struct Condition: Sendable, Hashable {
    /// As it was written.
    public let source: String
    let expression: Expression

    indirect enum Expression: Sendable, Hashable {
        case literal(JSONValue)
        case reference(Reference)
        case not(Expression)
        case and(Expression, Expression)
        case or(Expression, Expression)
        case comparison(Expression, Comparison, Expression)
    }

    enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    /// Reads a condition.
    public init(parsing source: String) throws(TemplateFault) {
        self.source = source
        var parser = try ConditionParser(source)
        expression = try parser.parse()
    }

    /// What it reads, in order.
    public var references: [Reference] {
        var found: [Reference] = []
        func visit(_ expression: Expression) {
            switch expression {
            case .literal: break
            case .reference(let reference): found.append(reference)
            case .not(let inner): visit(inner)
            case .and(let left, let right), .or(let left, let right), .comparison(let left, _, let right):
                visit(left)
                visit(right)
            }
        }
        visit(expression)
        return found
    }

    /// Whether it holds.
    package func holds(in scope: TemplateScope) throws(TemplateFault) -> Bool { try holds(expression, scope) }

    private func holds(_ expression: Expression, _ scope: TemplateScope) throws(TemplateFault) -> Bool {
        switch expression {
        case .literal(let value): return value.isTruthy
        case .reference(let reference): return try scope.value(of: reference).isTruthy
        case .not(let inner): return try !holds(inner, scope)
        case .and(let left, let right):
            guard try holds(left, scope) else { return false }
            return try holds(right, scope)
        case .or(let left, let right):
            if try holds(left, scope) { return true }
            return try holds(right, scope)
        case .comparison(let left, let comparison, let right):
            return try compare(try value(left, scope), comparison, try value(right, scope))
        }
    }

    private func value(_ expression: Expression, _ scope: TemplateScope) throws(TemplateFault) -> JSONValue {
        switch expression {
        case .literal(let value): value
        case .reference(let reference): try scope.value(of: reference)
        case .not, .and, .or, .comparison: .bool(try holds(expression, scope))
        }
    }

    private func compare(
        _ left: JSONValue, _ comparison: Comparison, _ right: JSONValue
    ) throws(TemplateFault) -> Bool {
        switch comparison {
        case .equal: return left.isSame(as: right)
        case .unequal: return !left.isSame(as: right)
        case .less, .atMost, .greater, .atLeast: break
        }
        switch (left, right) {
        case (.number(let left), .number(let right)):
            return comparison.holds(left.order(besides: right), 0)
        case (.string(let left), .string(let right)): return comparison.holds(left, right)
        default:
            throw TemplateFault(
                "'\(source)': \(comparison.rawValue) compares two numbers or two texts, not \(left.described) "
                    + "with \(right.described)")
        }
    }
}

extension Condition.Comparison {
    fileprivate func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .atMost: left <= right
        case .greater: left > right
        case .atLeast: left >= right
        }
    }
}

extension JSONNumber {
    /// Below, at or above 0 as this is less than, equal to or greater than the other.
    fileprivate func order(besides other: JSONNumber) -> Int {
        isLess(than: other) ? -1 : other.isLess(than: self) ? 1 : 0
    }
}

extension JSONValue {
    /// False for null, false, 0 and what is empty.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let number): !number.isZero
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// True when they mean the same: numbers by value, objects whatever the order of their members.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            left.isNumericallyEqual(to: right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in
                    right.first { $0.key == member.key }.map { member.value.isSame(as: $0.value) } ?? false
                }
        default: self == other
        }
    }
}
