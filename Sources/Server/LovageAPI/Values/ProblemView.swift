package import LovageCore
package import LovageStore

/// Why a request was refused, for programs and people: the body of every answer that is not a success.
package struct ProblemView: Error, Sendable, Hashable {
    /// For programs.
    package let code: ErrorCode
    /// One sentence with the value.
    package let message: String
    /// The field, path part or query parameter at fault, such as `jobs[3].kind`; nil when it is none.
    package let field: String?
    /// What to do about it; nil when the message says it.
    package let hint: String?
    /// Every problem, when there are several: the first ones, and how many more there are.
    package let problems: [String]

    /// How many problems one answer tells.
    package static let mostTold = 100

    /// The first of many sentences, and how many more there are.
    package static func told(_ sentences: [String]) -> [String] {
        let rest = sentences.count - mostTold
        return rest > 0 ? sentences.prefix(mostTold) + ["and \(rest) more"] : sentences
    }

    /// Makes a problem.
    package init(
        _ code: ErrorCode, _ message: String, field: String? = nil, hint: String? = nil, problems: [String] = []
    ) {
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.problems = Self.told(problems)
    }

    /// What a failing store leads to: nothing of the request is stored.
    package init(_ error: StoreError) {
        self.init(.store(error.code), error.description)
    }

    /// What a body that is no JSON leads to.
    package init(_ error: JSONError) {
        switch error.code {
        case .tooLarge: self.init(.bodyTooLarge, "the body is refused: \(error.description)")
        case .numberTooLong:
            self.init(
                .invalidRequest, "the body is refused: \(error.description)", field: error.path,
                hint: "send it as a text in quotes")
        case .syntax, .tooDeep, .invalidUTF8, .duplicateKey, .trailingBytes, .unexpectedEnd:
            self.init(.invalidJSON, "the body is not JSON we take: \(error.description)")
        }
    }
}

extension ProblemView: APIObject {
    package static let schema = ObjectSchema(
        "Problem", "Why a request was refused.",
        [
            .always("code", .text(), "For programs, such as `unknown_job`."),
            .always("message", .text(), "One sentence with the value."),
            .nullable("field", .text(), "The field or parameter at fault."),
            .nullable("hint", .text(), "What to do about it."),
            .always("problems", .list(.text()), "Every problem, when there are several."),
        ])

    package init(reading reader: FieldReader) throws(ProblemView) {
        code = ErrorCode(name: try reader.required("code", reader.text("code")))
        message = try reader.required("message", reader.text("message"))
        field = try reader.text("field")
        hint = try reader.text("hint")
        problems = try reader.texts("problems") ?? []
    }

    package func write(to writer: inout JSONWriter) {
        writer.member("code", code.name)
        writer.member("message", message)
        writer.member("field", field)
        writer.member("hint", hint)
        writer.member("problems", texts: problems)
    }
}

/// The body of an answer that is not a success: `{"error": …}`.
package struct ErrorView: APIObject, Hashable {
    /// What is wrong.
    package let error: ProblemView
    /// Wraps a problem.
    package init(_ error: ProblemView) { self.error = error }

    package static let schema = ObjectSchema(
        "Error", "The body of every answer that is not a success.",
        [.always("error", .object(ProblemView.schema), "What is wrong.")])

    package init(reading reader: FieldReader) throws(ProblemView) {
        error = try reader.required("error", reader.object("error"))
    }

    package func write(to writer: inout JSONWriter) { writer.member("error", object: error) }
}

/// A word for programs, with the HTTP status it is answered with.
package struct ErrorCode: Sendable, Hashable, CustomStringConvertible {
    /// The word.
    package let name: String
    /// The HTTP status.
    package let status: Int
    /// The word.
    package var description: String { name }

    private init(_ name: String, _ status: Int) {
        self.name = name
        self.status = status
    }

    /// A code by its word; one that this version does not know has status 500.
    init(name: String) {
        self = Self.all.first { $0.name == name } ?? ErrorCode(name, 500)
    }

    package static let invalidJSON = ErrorCode("invalid_json", 400)
    package static let brokenBody = ErrorCode("broken_body", 400)
    package static let invalidRequest = ErrorCode("invalid_request", 400)
    package static let wrongFraming = ErrorCode("wrong_framing", 400)
    package static let unknownField = ErrorCode("unknown_field", 400)
    package static let unknownParameter = ErrorCode("unknown_parameter", 400)
    package static let invalidArguments = ErrorCode("invalid_arguments", 400)
    package static let unknownKind = ErrorCode("unknown_kind", 400)
    package static let unknownQueue = ErrorCode("unknown_queue", 400)
    package static let invalidDefinition = ErrorCode("invalid_definition", 400)
    package static let unauthorized = ErrorCode("unauthorized", 401)
    package static let wrongOrigin = ErrorCode("wrong_origin", 403)
    package static let unknownJob = ErrorCode("unknown_job", 404)
    package static let unknownAttempt = ErrorCode("unknown_attempt", 404)
    package static let unknownWorkflow = ErrorCode("unknown_workflow", 404)
    package static let unknownID = ErrorCode("unknown_id", 404)
    package static let unknownDefinition = ErrorCode("unknown_definition", 404)
    package static let unknownToken = ErrorCode("unknown_token", 404)
    package static let unknownPath = ErrorCode("unknown_path", 404)
    package static let wrongMethod = ErrorCode("wrong_method", 405)
    package static let ambiguousID = ErrorCode("ambiguous_id", 409)
    package static let keyConflict = ErrorCode("key_conflict", 409)
    package static let nameTaken = ErrorCode("name_taken", 409)
    package static let tooManyTokens = ErrorCode("too_many_tokens", 409)
    package static let notRetryable = ErrorCode("not_retryable", 409)
    package static let bodyTooLarge = ErrorCode("body_too_large", 413)
    package static let wrongMediaType = ErrorCode("wrong_media_type", 415)
    package static let wrongHost = ErrorCode("wrong_host", 421)
    package static let queueFull = ErrorCode("queue_full", 429)
    package static let `internal` = ErrorCode("internal", 500)
    package static let notSupported = ErrorCode("not_supported", 501)
    package static let shuttingDown = ErrorCode("shutting_down", 503)
    package static let notReady = ErrorCode("not_ready", 503)
    package static let tooManyWaits = ErrorCode("too_many_waits", 503)
    package static let tooManyCalls = ErrorCode("too_many_calls", 503)

    /// The code of a failing store: no room is 507, everything else 503, so that nobody takes it for a success.
    static func store(_ code: StoreError.Code) -> ErrorCode {
        ErrorCode(code.description, code == .full ? 507 : 503)
    }

    private static let all: [ErrorCode] =
        [
            invalidJSON, brokenBody, invalidRequest, unknownField, unknownParameter, invalidArguments, unknownKind,
            unknownQueue,
            invalidDefinition, wrongFraming, unauthorized, wrongOrigin, unknownToken, nameTaken, tooManyTokens,
            unknownJob, unknownAttempt, unknownWorkflow, unknownID, unknownDefinition, unknownPath, wrongMethod,
            ambiguousID, keyConflict, notRetryable, bodyTooLarge, wrongMediaType, wrongHost, queueFull, `internal`,
            notSupported, shuttingDown, notReady, tooManyWaits, tooManyCalls,
        ]
        + [
            StoreError.Code.full, .inputOutput, .corrupt, .readOnly, .owned, .newer, .overloaded, .closed,
            .environment, .bug,
        ].map(store)
}
