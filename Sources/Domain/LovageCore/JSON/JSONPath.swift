/// Names a place in a JSON text as people write it: `jobs[3].arguments.n`.
enum JSONPath {
    /// The path of the value that begins at `offset`; nil for the outermost one. Everything before it has been read already.
    static func text(of offset: Int, in bytes: [UInt8]) -> String? {
        var scanner = JSONScanner(trusted: bytes)
        // A key, or how many elements came before.
        var steps: [(key: String?, index: Int)] = []
        do {
            while scanner.position <= offset, let token = try scanner.next() {
                if token.kind == .key {
                    steps[steps.count - 1].key = JSONEscapes.string(of: token, in: bytes)
                    continue
                }
                if token.kind == .endObject || token.kind == .endArray {
                    steps.removeLast()
                } else if token.range.lowerBound >= offset {
                    break
                } else if token.kind == .beginObject || token.kind == .beginArray {
                    steps.append((nil, 0))
                    continue
                }
                if !steps.isEmpty, steps[steps.count - 1].key == nil { steps[steps.count - 1].index += 1 }
            }
        } catch {
            return nil
        }
        let text = steps.reduce("") { text, step in
            guard let key = step.key else { return "\(text)[\(step.index)]" }
            return text.isEmpty ? key : "\(text).\(key)"
        }
        return text.isEmpty ? nil : text
    }
}
