import LovageAPI
import LovageCore

extension FuzzTarget {
    /// The name of a schema on the first line, then what a server says is one.
    static let answers = FuzzTarget("answers", "what a client is answered by a server it does not know") { bytes in
        let (name, body) = firstLine(of: bytes)
        guard let check = answerChecks[name] else { return }
        let text: JSONText
        do {
            text = try JSONText(validating: body, limits: .trusted)
        } catch {
            return
        }
        try check(text)
    }

    private static let answerChecks: [String: @Sendable (JSONText) throws -> Void] = {
        var checks: [String: @Sendable (JSONText) throws -> Void] = [:]
        func add<Answer: APIObject>(_: Answer.Type) { checks[Answer.schema.name] = { try check($0, Answer.self) } }
        add(JobView.self)
        add(PageView<JobView>.self)
        add(AttemptsView.self)
        add(SubmitView.self)
        add(BulkView.self)
        add(WorkflowView.self)
        add(PageView<RunView>.self)
        add(DefinitionView.self)
        add(DefinitionsView.self)
        add(GraphView.self)
        add(ApplyView.self)
        add(QueueView.self)
        add(QueuesView.self)
        add(PurgeView.self)
        add(WorkersView.self)
        add(TokensView.self)
        add(NewTokenView.self)
        add(HealthView.self)
        add(ProbeView.self)
        add(ErrorView.self)
        add(ExplainView.self)
        add(RunExplainView.self)
        add(LogPieceView.self)
        add(LogEndView.self)
        return checks
    }()

    /// What is understood is understood again when passed on. Moments are shown to the millisecond, so the second
    /// writing is what must not differ.
    private static func check<Answer: APIObject>(_ text: JSONText, _: Answer.Type) throws {
        let answer: Answer
        do {
            answer = try Answer(text, isStrict: false)
        } catch {
            try promise(!error.message.isEmpty, "'\(text)' is not understood for no reason")
            return
        }
        let written = answer.json
        do {
            let again = try Answer(try JSONText(validating: written.bytes, limits: .trusted), isStrict: true)
            try promise(again.json == written, "'\(written)' is passed on as '\(again.json)'")
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            throw BrokenPromise(description: "'\(text)' is not understood when passed on as '\(written)': \(error)")
        }
    }
}
