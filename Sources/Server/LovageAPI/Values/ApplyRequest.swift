package import LovageCore
package import LovageWorkflow

/// Definitions and scripts to be stored, all or none.
package struct ApplyRequest: APIObject, Hashable {
    /// The YAML files.
    package let files: [FileView]
    /// The scripts that commands name, by the path they name them by.
    package let scripts: [ScriptView]
    /// True to check only.
    package let isDryRun: Bool

    /// Makes a request.
    package init(files: [FileView], scripts: [ScriptView] = [], isDryRun: Bool = false) {
        self.files = files
        self.scripts = scripts
        self.isDryRun = isDryRun
    }

    package static let schema = ObjectSchema(
        "ApplyRequest", "Definitions and scripts to be stored, all or none.",
        [
            .always("files", .list(.object(FileView.schema)), "The YAML files."),
            .maybe("scripts", .list(.object(ScriptView.schema)), "The scripts that commands name."),
            .maybe("dryRun", .boolean, "True to check only: false."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        files = try reader.required("files", reader.objects("files"))
        scripts = try reader.objects("scripts") ?? []
        isDryRun = try reader.boolean("dryRun") ?? false
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("files", objects: files)
        writer.member("scripts", objects: scripts)
        writer.member("dryRun", isDryRun)
    }
}

/// One YAML file.
package struct FileView: APIObject, Hashable {
    /// As people know it, for messages.
    package let path: String
    /// What is in it; what is not UTF-8 is said by the server, with all other problems.
    package let contents: [UInt8]
    /// Makes a file.
    package init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }

    /// Makes a file of a text.
    package init(path: String, text: String) { self.init(path: path, contents: Array(text.utf8)) }

    package static let schema = ObjectSchema(
        "File", "One YAML file: with its text, or in base64.",
        [
            .always("path", .text(), "As people know it, for messages."),
            .maybe("text", .text(), "What is in it."),
            .maybe("base64", .text(), "What is in it, in base64 with padding, instead of text."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        path = try reader.required("path", reader.text("path"))
        let text = try reader.text("text")
        let bytes = try reader.base64("base64")
        guard (text == nil) != (bytes == nil) else {
            throw ProblemView(
                .invalidRequest, "fields '\(reader.place("text"))' and '\(reader.place("base64"))' exclude each other",
                field: reader.place("text"), hint: "give exactly one of them")
        }
        contents = text.map { Array($0.utf8) } ?? bytes ?? []
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("path", path)
        if let text = String(validating: contents, as: UTF8.self) {
            writer.member("text", text)
        } else {
            writer.member("base64", Base64.encode(contents))
        }
    }
}

/// One script.
package struct ScriptView: APIObject, Hashable {
    /// The path that commands name it by.
    package let path: String
    package let contents: [UInt8]
    /// Makes a script.
    package init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }

    package static let schema = ObjectSchema(
        "Script", "One script.",
        [
            .always("path", .text(), "The path that commands name it by."),
            .always("base64", .text(), "What is in it, in base64 with padding."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        path = try reader.required("path", reader.text("path"))
        contents = try reader.required("base64", reader.base64("base64"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("path", path)
        writer.member("base64", Base64.encode(contents))
    }
}

/// What applying did, or would do.
package struct ApplyView: APIObject, Hashable {
    package let definitions: [Item]
    /// What may be meant so, by file and line.
    package let warnings: [String]
    package let isDryRun: Bool

    /// Makes an answer.
    package init(_ definitions: [Item], warnings: [String], isDryRun: Bool) {
        self.definitions = definitions
        self.warnings = warnings
        self.isDryRun = isDryRun
    }

    /// One definition and what became of it.
    package struct Item: APIObject, Hashable {
        package let sort: Definition.Sort
        package let name: String
        package let version: Int
        package let hash: String
        package let change: Change

        /// What became of a definition.
        package enum Change: String, Sendable, CaseIterable {
            case created, changed, unchanged
        }

        /// Makes an item.
        package init(_ version: DefinitionVersion, _ change: Change) {
            sort = version.sort
            name = version.name
            self.version = version.version
            hash = version.hash
            self.change = change
        }

        package static let schema = ObjectSchema(
            "Applied", "One definition and what became of it.",
            [
                .always("sort", .word(Definition.Sort.allCases.map(\.rawValue)), "What it defines."),
                .always("name", .text(), "Its name."),
                .always("version", .integer(1...Int.max), "The version that now stands."),
                .always("hash", .text(), "SHA-256 of its canonical JSON."),
                .always("change", .word(Change.allCases.map(\.rawValue)), "What became of it."),
            ])

        package init(reading reader: FieldReader) throws(ProblemView) {
            sort = try reader.required("sort", reader.word("sort"))
            name = try reader.required("name", reader.text("name"))
            version = try reader.required("version", reader.integer("version"))
            hash = try reader.required("hash", reader.text("hash"))
            change = try reader.required("change", reader.word("change"))
        }

        package func write(to writer: inout JSONWriter) {
            writer.member("sort", sort.rawValue)
            writer.member("name", name)
            writer.member("version", version)
            writer.member("hash", hash)
            writer.member("change", change.rawValue)
        }
    }

    package static let schema = ObjectSchema(
        "ApplyAnswer", "What applying did, or would do.",
        [
            .always("definitions", .list(.object(Item.schema)), "One for each definition."),
            .always("warnings", .list(.text()), "What may be meant so, by file and line."),
            .always("dryRun", .boolean, "True when nothing was stored."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        definitions = try reader.required("definitions", reader.objects("definitions"))
        warnings = try reader.texts("warnings") ?? []
        isDryRun = try reader.required("dryRun", reader.boolean("dryRun"))
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("definitions", objects: definitions)
        writer.member("warnings", texts: warnings)
        writer.member("dryRun", isDryRun)
    }
}
