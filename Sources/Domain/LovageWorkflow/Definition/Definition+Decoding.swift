public import LovageCore

// A definition from JSON, or from YAML read into the same shape. Every field that cannot be read is reported; whether
// the whole makes sense is asked by `faults()`.

extension Definition {
    /// Reads what `canonicalJSON` wrote; unknown fields are refused.
    public init(canonicalJSON text: JSONText) throws(InvalidDefinition) {
        let (definition, faults) = Definition.reading(text.value())
        guard let definition, faults.isEmpty else { throw InvalidDefinition(faults) }
        self = definition
    }

    /// Reads a definition and everything that is wrong with its fields; nil when its sort or name cannot be told.
    public static func reading(_ value: JSONValue) -> (definition: Definition?, faults: [DefinitionFault]) {
        var reader = FieldReader()
        guard let members = value.objectValue else {
            reader.report([], "a definition must be a mapping of names to values, but is \(value.described)")
            return (nil, reader.faults)
        }
        let names = members.map(\.key)
        let definition: Definition?
        switch (names.contains("command"), names.contains("workflow")) {
        case (true, false): definition = reader.command(value).map(Definition.command)
        case (false, true): definition = reader.workflow(value).map(Definition.workflow)
        case (true, true):
            reader.report(
                ["workflow"], "a definition is a command or a workflow, not both", hint: "separate them by ---")
            definition = nil
        case (false, false):
            let near = names.first { DidYouMean.nearest(to: $0, among: ["command", "workflow"]) != nil }
            reader.report(
                near.map { [$0] } ?? [], "a definition begins with command: NAME or workflow: NAME",
                hint: near.flatMap { DidYouMean.nearest(to: $0, among: ["command", "workflow"]) }.map {
                    "did you mean '\($0)'?"
                })
            definition = nil
        }
        return (definition, reader.faults)
    }
}

extension FieldReader {
    private static let optionFields = [
        "timeout", "soft_timeout", "retries", "backoff", "errors", "queue", "priority", "delay", "deadline",
        "start_within", "crash_limit", "unstarted_limit", "unique",
    ]

    fileprivate mutating func command(_ value: JSONValue) -> CommandDefinition? {
        let known =
            [
                "command", "description", "run", "parameters", "stdin", "directory", "environment", "inherit",
                "exit_codes", "output_cap", "streams", "grace",
            ] + Self.optionFields + ["files"]
        guard let fields = fields(value, at: [], known: known, of: "a command"),
            let kind = fields["command"].flatMap({ name($0, at: ["command"], Kind.self) })
        else {
            if value["command"] ?? .null == .null { report(["command"], "a command needs a name") }
            return nil
        }
        var command = CommandDefinition(kind: kind, run: [])
        command.description = text("description", in: fields)
        if require("run", in: fields, of: "a command") != nil { command.run = texts("run", in: fields) ?? [] }
        command.parameters = parameters(in: fields)
        command.stdin = text("stdin", in: fields)
        command.directory = text("directory", in: fields)
        command.environment = environment(in: fields)
        if let inherit = texts("inherit", in: fields) { command.inherit = inherit }
        if let codes = fields["exit_codes"].flatMap({
            self.fields($0, at: ["exit_codes"], known: ["retry", "skip"], of: "exit_codes")
        }) {
            command.retryCodes = exitCodes("retry", in: codes)
            command.skipCodes = exitCodes("skip", in: codes)
        }
        if let cap = size("output_cap", in: fields) { command.outputCap = cap }
        if let streams = choice("streams", in: fields, CommandDefinition.OutputStreams.self) {
            command.streams = streams
        }
        if let grace = duration("grace", in: fields) { command.grace = grace }
        command.options = options(in: fields)
        command.files = files(in: fields)
        return command
    }

    private mutating func environment(in fields: Fields) -> [String: String] {
        guard let value = fields["environment"], let members = object(value, at: ["environment"])?.members else {
            return [:]
        }
        var environment: [String: String] = [:]
        for member in members { environment[member.key] = scalar(member.value, at: ["environment", member.key]) }
        return environment
    }

    private mutating func exitCodes(_ name: String, in fields: Fields) -> Set<Int32> {
        var codes = Set<Int32>()
        for (position, value) in (list(name, in: fields) ?? []).enumerated() {
            if let code = value.intValue.flatMap(Int32.init(exactly:)) {
                codes.insert(code)
            } else {
                wrong(fields.path + [name, "\(position)"], "an exit code", value)
            }
        }
        return codes
    }

    /// Stored, a file has its hash; in YAML it is only named, and the loader hashes it. Written in another way it is the
    /// same file.
    private mutating func files(in fields: Fields) -> [String: String] {
        if fields["files"]?.objectValue == nil {
            return Dictionary(
                (texts("files", in: fields) ?? []).map { (StoredName.normalised($0), "") },
                uniquingKeysWith: { first, _ in first })
        }
        guard let value = fields["files"], let members = object(value, at: ["files"])?.members else { return [:] }
        var files: [String: String] = [:]
        for member in members {
            files[StoredName.normalised(member.key)] = scalar(member.value, at: ["files", member.key])
        }
        return files
    }

    private mutating func parameters(in fields: Fields) -> [Parameter] {
        guard let value = fields["parameters"], let object = object(value, at: ["parameters"]) else { return [] }
        return object.members.compactMap { parameter($0.key, $0.value, at: ["parameters", $0.key]) }
    }

    private mutating func parameter(_ name: String, _ value: JSONValue, at path: [String]) -> Parameter? {
        var parameter = Parameter(name: name)
        if value == .null { return parameter }
        let known = ["type", "description", "required", "default", "choices", "minimum", "maximum", "dash"]
        guard let fields = fields(value, at: path, known: known, of: "a parameter") else { return nil }
        parameter.type = choice("type", in: fields, Parameter.ValueType.self) ?? .string
        parameter.description = text("description", in: fields)
        parameter.isRequired = bool("required", in: fields) ?? false
        parameter.defaultValue = fields.members.first { $0.key == "default" }?.value
        parameter.choices = list("choices", in: fields) ?? []
        parameter.minimum = number("minimum", in: fields)
        parameter.maximum = number("maximum", in: fields)
        parameter.allowsDash = choice("dash", in: fields, Parameter.Dash.self) == .allow
        return parameter
    }

    private mutating func options(in fields: Fields) -> JobOptions {
        var options = JobOptions()
        if let queue = fields["queue"].flatMap({ name($0, at: ["queue"], QueueName.self) }) { options.queue = queue }
        if let priority = integer("priority", in: fields, -128...127) { options.priority = Int8(priority) }
        if let delay = duration("delay", in: fields) { options.start = .after(delay) }
        options.startWithin = duration("start_within", in: fields)
        options.deadline = duration("deadline", in: fields)
        options.softLimit = duration("soft_timeout", in: fields)
        options.hardLimit = duration("timeout", in: fields)
        options.retry = RetryPolicy(retries: integer("retries", in: fields, 0...1_000) ?? 0)
        if let backoff = backoff(in: fields) { options.retry.backoff = backoff }
        if let errors = fields["errors"].flatMap({ object($0, at: ["errors"]) }) {
            for member in errors.members {
                options.retry.rules[member.key] = rule(member.value, at: ["errors", member.key])
            }
        }
        options.crashLimit = integer("crash_limit", in: fields, 1...1_000) ?? options.crashLimit
        options.unstartedLimit = integer("unstarted_limit", in: fields, 1...1_000) ?? options.unstartedLimit
        if case .by(let uniqueness) = unique(in: fields) { options.unique = uniqueness }
        return options
    }

    private mutating func unique(in fields: Fields) -> WorkflowDefinition.UniqueOverride? {
        switch fields["unique"] {
        case nil: return nil
        case .bool(false): return .never
        case .bool(true): return .by(.allArguments)
        case .array: return texts("unique", in: fields).map { .by(.members($0)) }
        case .some(let value):
            wrong(fields.path + ["unique"], "true, false or a list of arguments", value)
            return nil
        }
    }

    private mutating func rule(_ value: JSONValue, at path: [String]) -> RetryPolicy.Rule? {
        if value.stringValue == "never" { return .never }
        guard value.objectValue != nil else {
            wrong(path, "'never' or {retries: 1, backoff: …}", value)
            return nil
        }
        guard let fields = fields(value, at: path, known: ["retries", "backoff"], of: "an error rule") else {
            return nil
        }
        return .retry(
            retries: integer("retries", in: fields, 0...1_000) ?? 0, backoff: backoff(in: fields) ?? .standard)
    }

    private mutating func backoff(in fields: Fields) -> Backoff? {
        let path = fields.path + ["backoff"]
        guard let value = fields["backoff"] else { return nil }
        guard let fields = self.fields(value, at: path, known: ["fixed", "list", "exponential"], of: "a backoff") else {
            return nil
        }
        guard fields.members.count == 1 else {
            report(path, "a backoff is one of fixed, list and exponential", hint: "write it like {fixed: 5s}")
            return nil
        }
        if fields["fixed"] != nil { return duration("fixed", in: fields).map(Backoff.fixed) }
        if let waits = list("list", in: fields) {
            return .list(waits.enumerated().compactMap { duration($0.element, at: path + ["list", "\($0.offset)"]) })
        }
        guard let value = fields["exponential"],
            let shape = self.fields(
                value, at: path + ["exponential"], known: ["base", "cap", "jitter"], of: "exponential")
        else { return nil }
        return .exponential(
            base: duration("base", in: shape) ?? .seconds(1), cap: duration("cap", in: shape) ?? .seconds(600),
            jitter: bool("jitter", in: shape) ?? true)
    }

    fileprivate mutating func workflow(_ value: JSONValue) -> WorkflowDefinition? {
        let known = ["workflow", "description", "parameters", "steps", "outputs"]
        guard let fields = fields(value, at: [], known: known, of: "a workflow"),
            let name = fields["workflow"].flatMap({ self.name($0, at: ["workflow"], WorkflowName.self) })
        else {
            if value["workflow"] ?? .null == .null { report(["workflow"], "a workflow needs a name") }
            return nil
        }
        var workflow = WorkflowDefinition(name: name, steps: [])
        workflow.description = text("description", in: fields)
        workflow.parameters = parameters(in: fields)
        if let steps = require("steps", in: fields, of: "a workflow").flatMap({ object($0, at: ["steps"]) }) {
            workflow.steps = steps.members.compactMap { step($0.key, $0.value, at: ["steps", $0.key]) }
        }
        if let outputs = fields["outputs"].flatMap({ object($0, at: ["outputs"]) }) {
            workflow.outputs = outputs.members
        }
        return workflow
    }

    private mutating func step(_ name: String, _ value: JSONValue, at path: [String]) -> WorkflowDefinition.Step? {
        let known = [
            "run", "needs", "rule", "when", "foreach", "with", "queue", "priority", "retries", "backoff",
            "soft_timeout", "timeout", "delay", "unique",
        ]
        guard let fields = fields(value, at: path, known: known, of: "a step") else { return nil }
        let kind = require("run", in: fields, of: "a step").flatMap { self.name($0, at: path + ["run"], Kind.self) }
        var step = WorkflowDefinition.Step(name: name, kind: kind ?? Kind(trusted: ""))
        step.needs = texts("needs", in: fields) ?? []
        step.rule = choice("rule", in: fields, WorkflowDefinition.NeedsRule.self) ?? .allSucceeded
        step.when = fields["when"].flatMap { scalar($0, at: path + ["when"]) }
        if fields.has("foreach"), fields["foreach"] == nil {
            report(path + ["foreach"], "foreach needs a list", hint: "write it like ${params.parts}")
        }
        step.foreach = text("foreach", in: fields)
        if let with = fields["with"], object(with, at: path + ["with"]) != nil { step.arguments = with }
        step.overrides.queue = fields["queue"].flatMap { self.name($0, at: path + ["queue"], QueueName.self) }
        step.overrides.priority = integer("priority", in: fields, -128...127).map { Int8($0) }
        step.overrides.retries = integer("retries", in: fields, 0...1_000)
        step.overrides.backoff = backoff(in: fields)
        step.overrides.softLimit = duration("soft_timeout", in: fields)
        step.overrides.hardLimit = duration("timeout", in: fields)
        step.overrides.delay = duration("delay", in: fields)
        step.overrides.unique = unique(in: fields)
        return step
    }
}
