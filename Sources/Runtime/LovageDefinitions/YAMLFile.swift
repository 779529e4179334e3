#if Commands
import LovageCore
import Yams

/// Reads a YAML file from outside: bounded before it is parsed, with every way it can be wrong said in our words.
struct YAMLFile {
    /// A definition is written by people; more is a mistake.
    private static let mostBytes = 1 << 20
    /// Nested aliases multiply, and the parser compares what they stand for: this bounds the product.
    private static let mostAliases = 16

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    let documents: [YAMLDocument]
    let faults: [(place: YAMLDocument.Place, message: String)]

    init(_ file: SourceFile) {
        var documents: [YAMLDocument] = []
        var faults: [(YAMLDocument.Place, String)] = []
        switch Self.text(of: file.contents) {
        case .failure(let fault): faults.append((fault.place, fault.message))
        case .success(let text): Self.read(text, &documents, &faults)
        }
        self.documents = documents
        self.faults = faults.map { (place: $0.0, message: $0.1) }
    }

    private struct Fault: Error {
        let place: YAMLDocument.Place
        let message: String
        init(_ line: Int, _ column: Int, _ message: String) {
            place = YAMLDocument.Place(line: line, column: column)
            self.message = message
        }
    }

    private static func text(of bytes: [UInt8]) -> Result<String, Fault> {
        guard bytes.count <= mostBytes else {
            return .failure(Fault(1, 1, "the file has \(bytes.count) bytes, at most \(mostBytes) are possible"))
        }
        // Editors of some systems begin UTF-8 with a byte order mark, which is no part of the text.
        let bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = UTF8Text.validPrefix(of: bytes)
            let place = YAMLDocument.Place(behind: String(decoding: bytes[..<valid], as: UTF8.self))
            return .failure(
                Fault(place.line, place.column, "the file is not UTF-8: byte \(valid + 1) fits no character"))
        }
        if let place = aliasTooMany(in: text) {
            return .failure(
                Fault(
                    place.line, place.column, "the file uses more than \(mostAliases) aliases; write some of them out"))
        }
        return .success(text)
    }

    /// Where the first alias too many is used. What looks like an alias counts only when something looks like its
    /// anchor, so that `*.tar` in an argument is none.
    private static func aliasTooMany(in text: String) -> YAMLDocument.Place? {
        let anchors = Set(tokens(after: "&", in: text).map(\.name))
        let aliases = tokens(after: "*", in: text).filter { anchors.contains($0.name) }
        return aliases.count > mostAliases ? aliases[mostAliases].place : nil
    }

    private static func lines(of text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false, whereSeparator: YAMLDocument.Place.endsLine)
    }

    private static func tokens(after sign: Character, in text: String) -> [(name: Substring, place: YAMLDocument.Place)]
    {
        guard text.contains(sign) else { return [] }
        var found: [(Substring, YAMLDocument.Place)] = []
        for (line, content) in lines(of: text).enumerated() {
            var rest = content[...]
            while let position = rest.firstIndex(of: sign) {
                let name = rest[rest.index(after: position)...].prefix { !$0.isWhitespace && !",[]{}".contains($0) }
                let place = YAMLDocument.Place(
                    line: line + 1, column: content[..<position].unicodeScalars.count + 1)
                if !name.isEmpty { found.append((name.last == ":" ? name.dropLast() : name, place)) }
                rest = rest[rest.index(after: position)...]
            }
        }
        return found
    }

    private static func read(
        _ text: String, _ documents: inout [YAMLDocument], _ faults: inout [(YAMLDocument.Place, String)]
    ) {
        do {
            // The basic resolver knows texts only: what a plain scalar means is ours to say.
            let parser = try Parser(yaml: text, resolver: .basic)
            while let node = try parser.nextRoot() {
                let document = YAMLDocument(node, faults: &faults)
                if document.value != .null { documents.append(document) }
            }
            if documents.isEmpty, faults.isEmpty {
                faults.append((YAMLDocument.Place(line: 1, column: 1), "the file is empty: it defines nothing"))
            }
        } catch let error as YamlError {
            let fault = fault(error, text)
            faults.append((fault.place, fault.message))
        } catch {
            faults.append((YAMLDocument.Place(line: 1, column: 1), "the file cannot be read: \(error)"))
        }
    }

    private static func fault(_ error: YamlError, _ text: String) -> Fault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let lines = lines(of: text)
            guard lines.indices.contains(mark.line - 1) else {
                // At the end of a text whose last line has no end the parser counts one line more.
                let end = YAMLDocument.Place(behind: text)
                return Fault(end.line, end.column, "this is not YAML: \(problem)")
            }
            if lines[mark.line - 1].prefix(while: \.isWhitespace).contains("\t") {
                return Fault(mark.line, mark.column, "YAML does not take tabs for indentation: use spaces")
            }
            if problem.hasPrefix("Maximum nesting level") || problem.hasPrefix("exceeded max") {
                return Fault(mark.line, mark.column, "this is nested too deep: at most 64 levels")
            }
            return Fault(mark.line, mark.column, "this is not YAML: \(problem)")
        case .reader(let problem, let offset, _, _):
            // Yams counts characters here.
            let place = YAMLDocument.Place(behind: String(text.prefix(offset ?? 0)))
            return Fault(place.line, place.column, "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let all = names.map { "'\($0)'" }.joined(separator: ", ")
            return Fault(context.mark.line, context.mark.column, "\(all) appears more than once in the same mapping")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return Fault(1, 1, "the file cannot be read: \(error)")
        }
    }
}
#endif
