public import LovageCore

/// One named, typed input of a command or a workflow.
public struct Parameter: Sendable, Hashable {
    /// The name templates use.
    public var name: String
    /// What values it takes.
    public var type: ValueType
    /// For people.
    public var description: String?
    /// True when it must be given; a parameter with a default never has to.
    public var isRequired: Bool
    /// What it is when not given; nil means null.
    public var defaultValue: JSONValue?
    /// The only values allowed; empty for any of the type.
    public var choices: [JSONValue]
    /// The smallest number allowed.
    public var minimum: JSONNumber?
    /// The largest number allowed.
    public var maximum: JSONNumber?
    /// True when its text may begin with a dash where a program may take that for an option.
    public var allowsDash: Bool

    /// The types a value may have.
    public enum ValueType: String, Sendable, Hashable, CaseIterable {
        case string, integer, number, boolean, list, object, any
    }

    /// What happens to a text that begins with a dash.
    enum Dash: String, CaseIterable { case refuse, allow }

    /// Makes a parameter.
    public init(
        name: String, type: ValueType = .string, description: String? = nil, isRequired: Bool = false,
        defaultValue: JSONValue? = nil, choices: [JSONValue] = [], minimum: JSONNumber? = nil,
        maximum: JSONNumber? = nil,
        allowsDash: Bool = false
    ) {
        self.name = name
        self.type = type
        self.description = description
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.choices = choices
        self.minimum = minimum
        self.maximum = maximum
        self.allowsDash = allowsDash
    }
}
