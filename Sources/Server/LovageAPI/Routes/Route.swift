import LovageCore

/// One operation of the API: what the server serves, the client calls and the document describes.
package struct Route: Sendable {
    /// Its name in the document, such as `getJob`.
    package let name: String
    package let method: Method
    /// Below `/api/v1`, such as `/jobs/{id}`.
    package let path: String
    package let summary: String
    package let query: [Query]
    /// The body it takes; nil when it takes none.
    package let request: ObjectSchema?
    /// True when the body may be left out.
    package let isBodyOptional: Bool
    package let answer: Answer
    /// The codes it may be refused with, besides those that every route has.
    package let errors: [ErrorCode]
    /// False for what everybody may ask who reaches the server.
    package let needsToken: Bool

    /// Longest body it takes, in bytes: 64 MiB for definitions with their files, 1 MiB for everything else.
    package var mostBodyBytes: Int { name == Route.apply.name ? 64 << 20 : JSONLimits.body.maxBytes }

    /// The methods in use.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
    }

    /// One query parameter.
    package struct Query: Sendable {
        package let name: String
        let schema: Schema
        let summary: String
        init(_ name: String, _ schema: Schema, _ summary: String) {
            self.name = name
            self.schema = schema
            self.summary = summary
        }
    }

    /// What a success looks like.
    package enum Answer: Sendable {
        /// JSON of this shape, with one of these statuses.
        case object(ObjectSchema, statuses: [Int])
        /// Text of a media type, besides which it may be Server-Sent Events with data of these shapes.
        case text(mediaType: String, events: [ObjectSchema])
        /// JSON whose shape is not ours.
        case document
    }

    init(
        _ name: String, _ method: Method, _ path: String, _ summary: String, query: [Query] = [],
        request: ObjectSchema? = nil, isBodyOptional: Bool = false, answer: Answer, errors: [ErrorCode] = [],
        needsToken: Bool = true
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.summary = summary
        self.query = query
        self.request = request
        self.isBodyOptional = isBodyOptional
        self.answer = answer
        self.errors = errors
        self.needsToken = needsToken
    }

    /// Where every path begins.
    package static let base = "/api/v1"

    /// The names in the path, such as `id`.
    package var placeholders: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}
