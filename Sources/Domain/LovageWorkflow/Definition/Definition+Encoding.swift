public import LovageCore

// A definition as JSON, with the field names of its YAML. What has its default is left out and the order is fixed, so
// that equal definitions have equal bytes: this text is what is stored and hashed.

extension Definition {
    /// Its one JSON text.
    public var canonicalJSON: JSONText { json.text() }

    /// Its one JSON value.
    public var json: JSONValue {
        switch self {
        case .command(let command): command.json
        case .workflow(let workflow): workflow.json
        }
    }
}

extension CommandDefinition {
    fileprivate var json: JSONValue {
        var object = ObjectBuilder()
        object.put("command", kind.text)
        object.put("description", description)
        object.put("run", .array(run.map(JSONValue.string)))
        object.put("parameters", unlessEmpty: Parameter.json(parameters))
        object.put("stdin", stdin)
        object.put("directory", directory)
        object.put("environment", unlessEmpty: Self.json(environment))
        if inherit != Self.standardInherit { object.put("inherit", .array(inherit.map(JSONValue.string))) }
        var codes = ObjectBuilder()
        codes.put("retry", unlessEmpty: Self.json(retryCodes))
        codes.put("skip", unlessEmpty: Self.json(skipCodes))
        object.put("exit_codes", unlessEmpty: codes.value)
        if outputCap != 10 << 20 { object.put("output_cap", SizeText.format(outputCap)) }
        if streams != .separate { object.put("streams", streams.rawValue) }
        if grace != .seconds(5) { object.put("grace", grace) }
        options.put(into: &object)
        object.put("files", unlessEmpty: Self.json(files))
        return object.value
    }

    private static func json(_ texts: [String: String]) -> JSONValue {
        let sorted = texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return .object(sorted.map { JSONMember($0.key, .string($0.value)) })
    }

    private static func json(_ codes: Set<Int32>) -> JSONValue {
        .array(codes.sorted().map { .number(JSONNumber($0)) })
    }
}

extension Parameter {
    fileprivate static func json(_ parameters: [Parameter]) -> JSONValue {
        .object(parameters.map { JSONMember($0.name, $0.json) })
    }

    private var json: JSONValue {
        var object = ObjectBuilder()
        object.put("type", type.rawValue)
        object.put("description", description)
        if isRequired { object.put("required", .bool(true)) }
        object.put("default", defaultValue)
        object.put("choices", unlessEmpty: .array(choices))
        object.put("minimum", minimum.map(JSONValue.number))
        object.put("maximum", maximum.map(JSONValue.number))
        if allowsDash { object.put("dash", Parameter.Dash.allow.rawValue) }
        return object.value
    }
}

extension WorkflowDefinition {
    fileprivate var json: JSONValue {
        var object = ObjectBuilder()
        object.put("workflow", name.text)
        object.put("description", description)
        object.put("parameters", unlessEmpty: Parameter.json(parameters))
        object.put("steps", .object(steps.map { JSONMember($0.name, $0.json) }))
        object.put("outputs", unlessEmpty: .object(outputs))
        return object.value
    }
}

extension WorkflowDefinition.Step {
    fileprivate var json: JSONValue {
        var object = ObjectBuilder()
        object.put("run", kind.text)
        object.put("needs", unlessEmpty: .array(needs.map(JSONValue.string)))
        if rule != .allSucceeded { object.put("rule", rule.rawValue) }
        object.put("when", when)
        object.put("foreach", foreach)
        object.put("with", unlessEmpty: arguments)
        object.put("queue", overrides.queue?.text)
        object.put("priority", overrides.priority.map { .number(JSONNumber($0)) })
        object.put("retries", overrides.retries.map { .number(JSONNumber($0)) })
        object.put("backoff", overrides.backoff?.json)
        object.put("soft_timeout", overrides.softLimit)
        object.put("timeout", overrides.hardLimit)
        object.put("delay", overrides.delay)
        switch overrides.unique {
        case nil: break
        case .never: object.put("unique", .bool(false))
        case .by(let uniqueness): object.put("unique", uniqueness.json)
        }
        return object.value
    }
}

extension JobOptions {
    /// What can stand in a definition; a moment of civil time and an idempotency key belong to one job only.
    fileprivate func put(into object: inout ObjectBuilder) {
        if queue != .default { object.put("queue", queue.text) }
        if priority != 0 { object.put("priority", .number(JSONNumber(priority))) }
        if case .after(let delay) = start { object.put("delay", delay) }
        object.put("start_within", startWithin)
        object.put("deadline", deadline)
        object.put("soft_timeout", softLimit)
        object.put("timeout", hardLimit)
        if retry.retries != 0 { object.put("retries", .number(JSONNumber(retry.retries))) }
        if retry.backoff != .standard { object.put("backoff", retry.backoff.json) }
        let rules = retry.rules.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        object.put("errors", unlessEmpty: .object(rules.map { JSONMember($0.key, $0.value.json) }))
        if crashLimit != 3 { object.put("crash_limit", .number(JSONNumber(crashLimit))) }
        if unstartedLimit != 10 { object.put("unstarted_limit", .number(JSONNumber(unstartedLimit))) }
        object.put("unique", unique?.json)
    }
}

extension JobOptions.Uniqueness {
    fileprivate var json: JSONValue {
        switch self {
        case .allArguments: .bool(true)
        case .members(let names): .array(names.map(JSONValue.string))
        }
    }
}

extension RetryPolicy.Rule {
    fileprivate var json: JSONValue {
        switch self {
        case .never: "never"
        case .retry(let retries, let backoff): ["retries": .number(JSONNumber(retries)), "backoff": backoff.json]
        }
    }
}

extension Backoff {
    fileprivate var json: JSONValue {
        switch self {
        case .fixed(let wait): ["fixed": .string(DurationText.format(wait))]
        case .list(let waits): ["list": .array(waits.map { .string(DurationText.format($0)) })]
        case .exponential(let base, let cap, let jitter):
            [
                "exponential": [
                    "base": .string(DurationText.format(base)), "cap": .string(DurationText.format(cap)),
                    "jitter": .bool(jitter),
                ]
            ]
        }
    }
}

/// Collects the members of an object, without those that are nil.
private struct ObjectBuilder {
    private var members: [JSONMember] = []
    var value: JSONValue { .object(members) }

    mutating func put(_ key: String, _ value: JSONValue?) {
        if let value { members.append(JSONMember(key, value)) }
    }
    mutating func put(_ key: String, unlessEmpty value: JSONValue) {
        if value != .object([]), value != .array([]) { put(key, value) }
    }
    mutating func put(_ key: String, _ text: String?) { put(key, text.map(JSONValue.string)) }
    mutating func put(_ key: String, _ duration: Duration?) { put(key, duration.map(DurationText.format)) }
}
