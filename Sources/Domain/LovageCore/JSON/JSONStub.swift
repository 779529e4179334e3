public struct JSONText: Sendable, Hashable { public let bytes: [UInt8]; package init(trusted bytes: [UInt8]) { self.bytes = bytes }
    public static let emptyObject = JSONText(trusted: Array("{}".utf8)) }
public indirect enum JSONValue: Sendable, Hashable { case null, bool(Bool), string(String), array([JSONValue]), object([JSONMember]) }
public struct JSONMember: Sendable, Hashable { public let key: String; public let value: JSONValue }
