package import LovageCore

/// The OpenAPI 3.1 document of the API, made from its routes.
package enum OpenAPI {
    /// The document.
    package static func document(_ routes: [Route] = Route.all, version: String) -> JSONText {
        let paths = Dictionary(grouping: routes, by: \.path).sorted { $0.key < $1.key }
        let document: JSONValue = [
            "openapi": "3.1.0",
            "info": [
                "title": "Lovage", "version": .string(version),
                "description": "Jobs, workflows, queues and workers of one Lovage server.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(Route.base)]],
            "paths": .object(
                paths.map { path, routes in
                    JSONMember(path, .object(routes.map { JSONMember($0.method.rawValue.lowercased(), $0.json) }))
                }),
            // Not for the socket in the data folder, nor where the server says that it is open.
            "security": [["token": []]],
            "components": [
                "schemas": .object(schemas(routes)),
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer", "bearerFormat": "lvg_<kind>_<public id>_<secret>",
                        "description": .string(
                            "What `lovage token create` prints. Not needed on the server's socket, nor where it was started "
                                + "with --open."),
                    ]
                ],
            ],
        ]
        return document.text()
    }

    private static func schemas(_ routes: [Route]) -> [JSONMember] {
        var found: [String: JSONValue] = [:]
        for root in routes.flatMap(\.schemas) + [ErrorView.schema] {
            for object in Schema.object(root).objects { found[object.name] = object.json }
        }
        return found.sorted { $0.key < $1.key }.map { JSONMember($0.key, $0.value) }
    }
}

extension Route {
    fileprivate var schemas: [ObjectSchema] {
        var schemas = request.map { [$0] } ?? []
        switch answer {
        case .object(let schema, _): schemas.append(schema)
        case .text(_, let events): schemas += events
        case .document: break
        }
        return schemas
    }

    fileprivate var json: JSONValue {
        var members = [
            JSONMember("operationId", .string(name)), JSONMember("summary", .string(summary)),
            JSONMember("parameters", .array(placeholders.map(Self.pathParameter) + query.map(\.json))),
        ]
        if let request {
            members.append(
                JSONMember(
                    "requestBody",
                    ["required": .bool(!isBodyOptional), "content": Self.content(Schema.object(request).json)]))
        }
        if !needsToken { members.append(JSONMember("security", [])) }
        members.append(JSONMember("responses", .object(answers + refusals)))
        return .object(members)
    }

    private var answers: [JSONMember] {
        switch answer {
        case .object(let schema, let statuses):
            statuses.map {
                JSONMember(
                    "\($0)",
                    ["description": .string(schema.summary), "content": Self.content(Schema.object(schema).json)])
            }
        case .text(let mediaType, let events):
            [
                JSONMember(
                    "200",
                    [
                        "description": .string(summary),
                        "content": .object(
                            [JSONMember(mediaType, ["schema": ["type": "string"]])] + Self.stream(of: events)),
                    ])
            ]
        case .document:
            [JSONMember("200", ["description": .string(summary), "content": Self.content(["type": "object"])])]
        }
    }

    /// What every route may be refused with, and what this one may be besides.
    private var refusals: [JSONMember] {
        let common: [ErrorCode] = [
            .invalidRequest, .unknownParameter, .wrongFraming, .wrongOrigin, .wrongHost, .internal, .shuttingDown,
            .tooManyCalls,
        ]
        let withBody: [ErrorCode] =
            request == nil
            ? [.wrongMediaType, .bodyTooLarge]
            : [.invalidJSON, .brokenBody, .unknownField, .wrongMediaType, .bodyTooLarge]
        let full: [ErrorCode] = method == .get ? [] : [ErrorCode(name: "store_full")]
        let partial: [ErrorCode] = placeholders.contains("id") ? [.ambiguousID] : []
        let secret: [ErrorCode] = needsToken ? [.unauthorized] : []
        let byStatus = Dictionary(grouping: common + secret + withBody + errors + full + partial, by: \.status)
        return byStatus.sorted { $0.key < $1.key }.map { status, codes in
            JSONMember(
                "\(status)",
                [
                    "description": .string("Refused: " + codes.map(\.name).joined(separator: ", ") + "."),
                    "content": Self.content(Schema.object(ErrorView.schema).json),
                ])
        }
    }

    /// Server-Sent Events: the `data` of each is one of these objects as JSON text.
    private static func stream(of events: [ObjectSchema]) -> [JSONMember] {
        guard !events.isEmpty else { return [] }
        let data = Schema.either(events.map { .object($0) }).json
        let fields: JSONValue = [
            "type": "object", "required": ["event", "data"],
            "properties": [
                "id": ["type": "string", "description": "Where the next piece begins."],
                "event": ["type": "string", "enum": ["output", "end"]],
                "data": ["type": "string", "contentMediaType": "application/json", "contentSchema": data],
            ],
        ]
        return [JSONMember("text/event-stream", ["schema": ["type": "string"], "itemSchema": fields])]
    }

    private static func content(_ schema: JSONValue) -> JSONValue { ["application/json": ["schema": schema]] }

    private static let partialID: JSONValue = [
        "type": "string", "minLength": 6, "maxLength": 36,
        "description": "The id, its first six characters or more, or the last eight of a recent one.",
    ]

    private static func pathParameter(_ name: String) -> JSONValue {
        [
            "name": .string(name), "in": "path", "required": true,
            "schema": name == "id" ? partialID : name == "sort" ? Schema.text().json : Schema.name.json,
        ]
    }
}

extension Route.Query {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "in": "query", "required": false, "description": .string(summary),
            "schema": schema.json,
        ]
    }
}
