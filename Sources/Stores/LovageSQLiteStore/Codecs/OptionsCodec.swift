#if SQLite
package import LovageCore

/// Job options as JSON: only what differs from the defaults, so that most jobs store none.
///
/// Queue and priority have columns of their own. Durations are microseconds, as moments are.
package enum OptionsCodec {
    /// The options without queue and priority; nil when nothing is left.
    package static func encode(_ options: JobOptions) -> JSONText? {
        let plain = JobOptions(queue: options.queue, priority: options.priority)
        guard options != plain else { return nil }
        var writer = JSONWriter()
        writer.object { write(options, to: &$0) }
        return writer.text
    }

    package static func decode(_ text: JSONText) throws -> JobOptions {
        var options = JobOptions()
        for member in try value(text).objectValue ?? [] { try set(member, in: &options) }
        return options
    }

    private static func write(_ options: JobOptions, to writer: inout JSONWriter) {
        switch options.start {
        case .immediately: break
        case .after(let delay): writer.member("after", delay.wholeMicroseconds)
        case .at(let time): writer.member("at", time.microseconds)
        }
        if let wait = options.startWithin { writer.member("start_within", wait.wholeMicroseconds) }
        if let wait = options.deadline { writer.member("deadline", wait.wholeMicroseconds) }
        if let limit = options.softLimit { writer.member("soft_limit", limit.wholeMicroseconds) }
        if let limit = options.hardLimit { writer.member("hard_limit", limit.wholeMicroseconds) }
        if options.retry != .none { writer.member("retry", object: { write(options.retry, to: &$0) }) }
        if options.crashLimit != 3 { writer.member("crash_limit", options.crashLimit) }
        if options.unstartedLimit != 10 { writer.member("unstarted_limit", options.unstartedLimit) }
        if let key = options.idempotencyKey { writer.member("idempotency_key", key) }
        switch options.unique {
        case nil: break
        case .allArguments: writer.member("unique", true)
        case .members(let names): writer.member("unique", array: { for name in names { $0.value(name) } })
        }
        if let defaults = options.argumentDefaults { writer.member("argument_defaults", raw: defaults) }
    }

    private static func set(_ member: JSONMember, in options: inout JobOptions) throws {
        let value = member.value
        switch member.key {
        case "after": options.start = .after(try duration(value))
        case "at": options.start = .at(WallTime(microseconds: try number(value)))
        case "start_within": options.startWithin = try duration(value)
        case "deadline": options.deadline = try duration(value)
        case "soft_limit": options.softLimit = try duration(value)
        case "hard_limit": options.hardLimit = try duration(value)
        case "retry": options.retry = try decodeRetry(value)
        case "crash_limit": options.crashLimit = Int(try number(value))
        case "unstarted_limit": options.unstartedLimit = Int(try number(value))
        case "idempotency_key": options.idempotencyKey = try text(value)
        case "unique":
            options.unique = try value.arrayValue.map { .members(try $0.map(text)) } ?? .allArguments
        case "argument_defaults": options.argumentDefaults = value.text()
        default: throw damaged("an option is called '\(member.key)'")
        }
    }

    // Retries.

    private static func write(_ policy: RetryPolicy, to writer: inout JSONWriter) {
        writer.member("retries", policy.retries)
        writer.member("backoff", object: { write(policy.backoff, to: &$0) })
        guard !policy.rules.isEmpty else { return }
        let rules = policy.rules.sorted { $0.key < $1.key }
        writer.member(
            "rules", object: { for (kind, rule) in rules { $0.member(kind, object: { write(rule, to: &$0) }) } })
    }

    private static func write(_ rule: RetryPolicy.Rule, to writer: inout JSONWriter) {
        guard case .retry(let retries, let backoff) = rule else { return }
        writer.member("retries", retries)
        writer.member("backoff", object: { write(backoff, to: &$0) })
    }

    private static func write(_ backoff: Backoff, to writer: inout JSONWriter) {
        switch backoff {
        case .fixed(let wait): writer.member("fixed", wait.wholeMicroseconds)
        case .list(let waits): writer.member("list", array: { for wait in waits { $0.value(wait.wholeMicroseconds) } })
        case .exponential(let base, let cap, let jitter):
            writer.member("base", base.wholeMicroseconds)
            writer.member("cap", cap.wholeMicroseconds)
            writer.member("jitter", jitter)
        }
    }

    private static func decodeRetry(_ value: JSONValue) throws -> RetryPolicy {
        var policy = RetryPolicy(
            retries: Int(try number(value["retries"])), backoff: try decodeBackoff(value["backoff"] ?? .null))
        for rule in value["rules"]?.objectValue ?? [] {
            policy.rules[rule.key] =
                if let retries = rule.value["retries"] {
                    .retry(
                        retries: Int(try number(retries)), backoff: try decodeBackoff(rule.value["backoff"] ?? .null))
                } else {
                    .never
                }
        }
        return policy
    }

    private static func decodeBackoff(_ value: JSONValue) throws -> Backoff {
        if let wait = value["fixed"] { return .fixed(try duration(wait)) }
        if let waits = value["list"]?.arrayValue { return .list(try waits.map(duration)) }
        return .exponential(
            base: try duration(value["base"]), cap: try duration(value["cap"]),
            jitter: value["jitter"]?.boolValue ?? false)
    }

    // Single values.

    /// The value of a stored text. What is no JSON is damage and fails this one read; to `JSONText.value()` it would be
    /// a bug of ours, which ends the process.
    static func value(_ text: JSONText) throws -> JSONValue {
        do {
            return try JSONValue(parsing: text.bytes, limits: .trusted)
        } catch {
            throw damaged("a stored value is not JSON: \(error.description)")
        }
    }

    static func number(_ value: JSONValue?) throws -> Int64 {
        guard let number = value?.intValue else { throw damaged("a stored number is missing") }
        return Int64(number)
    }

    static func text(_ value: JSONValue?) throws -> String {
        guard let text = value?.stringValue else { throw damaged("a stored text is missing") }
        return text
    }

    static func duration(_ value: JSONValue?) throws -> Duration { .microseconds(try number(value)) }
}
#endif
