/// What a limit of time has to be.
enum LimitRule {
    /// Limits that leave no time at all: whatever has one fails for certain.
    static func faults(_ limits: [(field: String, limit: Duration?)], at path: [String]) -> [DefinitionFault] {
        limits.compactMap { field, limit in
            guard let limit, limit <= .zero else { return nil }
            return DefinitionFault(
                path + [field], "\(field) must be longer than nothing, but is \(DurationText.format(limit))",
                hint: "leave it out for no limit")
        }
    }
}
