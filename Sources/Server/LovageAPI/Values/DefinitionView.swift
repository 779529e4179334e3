package import LovageCore
package import LovageStore
package import LovageWorkflow

/// A stored definition.
package struct DefinitionView: APIObject, Hashable {
    package let sort: Definition.Sort
    package let name: String
    package let version: Int
    package let hash: String
    package let description: String?
    package let parameters: [ParameterView]
    /// The argument vector of a command; empty for a workflow.
    package let run: [String]
    /// The steps of a workflow; empty for a command.
    package let steps: [StepDefinitionView]
    /// All of it, as canonical JSON.
    package let content: JSONText

    /// Shows a definition.
    package init(_ stored: StoredDefinition) {
        sort = stored.version.sort
        name = stored.version.name
        version = stored.version.version
        hash = stored.version.hash
        content = stored.definition.canonicalJSON
        switch stored.definition {
        case .command(let command):
            description = command.description
            parameters = command.parameters.map(ParameterView.init)
            run = command.run
            steps = []
        case .workflow(let workflow):
            description = workflow.description
            parameters = workflow.parameters.map(ParameterView.init)
            run = []
            steps = workflow.steps.map(StepDefinitionView.init)
        }
    }

    package static let schema = ObjectSchema(
        "Definition", "A stored definition.",
        [
            .always("sort", .word(Definition.Sort.allCases.map(\.rawValue)), "What it defines."),
            .always("name", .text(), "Its name."),
            .always("version", .integer(1...Int.max), "1 for the first, one more for every change."),
            .always("hash", .text(), "SHA-256 of its canonical JSON."),
            .nullable("description", .text(), "For people."),
            .always("parameters", .list(.object(ParameterView.schema)), "What a caller may give."),
            .always("run", .list(.text()), "The argument vector of a command."),
            .always("steps", .list(.object(StepDefinitionView.schema)), "The steps of a workflow."),
            .always("content", .map(.any), "All of it, as canonical JSON."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        sort = try reader.required("sort", reader.word("sort"))
        name = try reader.required("name", reader.text("name"))
        version = try reader.required("version", reader.integer("version"))
        hash = try reader.required("hash", reader.text("hash"))
        description = try reader.text("description")
        parameters = try reader.required("parameters", reader.objects("parameters"))
        run = try reader.texts("run") ?? []
        steps = try reader.required("steps", reader.objects("steps"))
        content = reader.raw("content") ?? .emptyObject
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("sort", sort.rawValue)
        writer.member("name", name)
        writer.member("version", version)
        writer.member("hash", hash)
        writer.member("description", description)
        writer.member("parameters", objects: parameters)
        writer.member("run", texts: run)
        writer.member("steps", objects: steps)
        writer.member("content", content)
    }
}

/// One parameter of a definition.
package struct ParameterView: APIObject, Hashable {
    package let name: String
    package let type: Parameter.ValueType
    package let description: String?
    package let isRequired: Bool
    package let defaultValue: JSONText?
    package let choices: [JSONText]

    init(_ parameter: Parameter) {
        name = parameter.name
        type = parameter.type
        description = parameter.description
        isRequired = parameter.isRequired && parameter.defaultValue == nil
        defaultValue = parameter.defaultValue?.text()
        choices = parameter.choices.map { $0.text() }
    }

    package static let schema = ObjectSchema(
        "Parameter", "One parameter of a definition.",
        [
            .always("name", .text(), "Its name."),
            .always("type", .word(Parameter.ValueType.allCases.map(\.rawValue)), "What values it takes."),
            .nullable("description", .text(), "For people."),
            .always("required", .boolean, "True when it must be given."),
            .always("default", .any, "What it is when not given."),
            .always("choices", .list(.any), "The only values allowed; empty for any of the type."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        type = try reader.required("type", reader.word("type"))
        description = try reader.text("description")
        isRequired = try reader.required("required", reader.boolean("required"))
        defaultValue = reader.raw("default")
        choices = try reader.elements("choices") ?? []
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("type", type.rawValue)
        writer.member("description", description)
        writer.member("required", isRequired)
        writer.member("default", defaultValue)
        writer.member("choices", array: { writer in for choice in choices { writer.value(choice) } })
    }
}

/// One step of a workflow's definition.
package struct StepDefinitionView: APIObject, Hashable {
    package let name: String
    package let kind: String
    package let needs: [String]
    package let rule: WorkflowDefinition.NeedsRule
    package let when: String?
    package let foreach: String?

    init(_ step: WorkflowDefinition.Step) {
        name = step.name
        kind = step.kind.text
        needs = step.needs
        rule = step.rule
        when = step.when
        foreach = step.foreach
    }

    package static let schema = ObjectSchema(
        "StepDefinition", "One step of a workflow's definition.",
        [
            .always("name", .text(), "Its name."),
            .always("kind", .text(), "The kind that runs."),
            .always("needs", .list(.text()), "The steps that must have ended before it."),
            .always(
                "rule", .word(WorkflowDefinition.NeedsRule.allCases.map(\.rawValue)), "How they must have ended."),
            .nullable("when", .text(), "A condition; when it is false the step is skipped."),
            .nullable("foreach", .text(), "One job for each element of this list."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        kind = try reader.required("kind", reader.text("kind"))
        needs = try reader.texts("needs") ?? []
        rule = try reader.required("rule", reader.word("rule"))
        when = try reader.text("when")
        foreach = try reader.text("foreach")
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("kind", kind)
        writer.member("needs", texts: needs)
        writer.member("rule", rule.rawValue)
        writer.member("when", when)
        writer.member("foreach", foreach)
    }
}

/// The newest version of every definition, by sort and name.
package struct DefinitionsView: APIObject, Hashable {
    package let definitions: [DefinitionView]
    package init(_ definitions: [DefinitionView]) { self.definitions = definitions }

    package static let schema = ObjectSchema(
        "Definitions", "The newest version of every definition, by sort and name.",
        [.always("definitions", .list(.object(DefinitionView.schema)), "The definitions.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        definitions = try reader.required("definitions", reader.objects("definitions"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("definitions", objects: definitions) }
}

/// The graph of a workflow, for drawing.
package struct GraphView: APIObject, Hashable {
    package let name: String
    package let version: Int
    /// In Graphviz's language.
    package let dot: String
    package let steps: [StepDefinitionView]

    /// Draws a workflow.
    package init(_ workflow: WorkflowDefinition, version: Int) {
        name = workflow.name.text
        self.version = version
        dot = workflow.dot
        steps = workflow.steps.map(StepDefinitionView.init)
    }

    package static let schema = ObjectSchema(
        "Graph", "The graph of a workflow, for drawing.",
        [
            .always("name", .text(), "The workflow."),
            .always("version", .integer(1...Int.max), "Its version."),
            .always("dot", .text(), "The graph in Graphviz's language."),
            .always("steps", .list(.object(StepDefinitionView.schema)), "The steps with their needs."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        name = try reader.required("name", reader.text("name"))
        version = try reader.required("version", reader.integer("version"))
        dot = try reader.required("dot", reader.text("dot"))
        steps = try reader.required("steps", reader.objects("steps"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("version", version)
        writer.member("dot", dot)
        writer.member("steps", objects: steps)
    }
}
