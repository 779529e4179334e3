import LovageCore

extension Parameter {
    /// What is wrong with the declarations in `parameters`, and which of them nothing reads; `used` is nil when that
    /// cannot be known.
    static func faults(_ parameters: [Parameter], used: Set<String>?, root: String) -> [DefinitionFault] {
        var faults: [DefinitionFault] = []
        var seen = Set<String>()
        for parameter in parameters {
            let path = ["parameters", parameter.name]
            if !seen.insert(parameter.name).inserted {
                faults.append(DefinitionFault(path, "parameter '\(parameter.name)' is declared twice"))
            }
            faults += parameter.faults(path)
            if let used, !used.contains(parameter.name) {
                faults.append(
                    DefinitionFault(
                        path, "parameter '\(parameter.name)' is not used",
                        hint: "read it as ${\(root).\(parameter.name)} or remove it"))
            }
        }
        return faults
    }

    private func faults(_ path: [String]) -> [DefinitionFault] {
        var faults: [DefinitionFault] = []
        if !TemplateName.isLegal(name) {
            faults.append(DefinitionFault(path, "'\(name)' is no name for a parameter", hint: TemplateName.rule))
        }
        if minimum != nil || maximum != nil, type != .integer, type != .number {
            faults.append(DefinitionFault(path, "minimum and maximum are for numbers, not for type \(type.rawValue)"))
        }
        if let minimum, let maximum, maximum.isLess(than: minimum) {
            faults.append(DefinitionFault(path + ["minimum"], "minimum is larger than maximum, so that no value fits"))
        }
        for (position, choice) in choices.enumerated() where !type.takes(choice) {
            faults.append(
                DefinitionFault(
                    path + ["choices", "\(position)"], "\(choice.described) is no \(type.noun), the type of '\(name)'"))
        }
        if let defaultValue, defaultValue != .null {
            faults += problems(with: defaultValue).map { DefinitionFault(path + ["default"], "the default \($0)") }
        }
        if isRequired, defaultValue != nil {
            faults.append(
                DefinitionFault(path + ["required"], "a parameter with a default is never required", hint: "remove one")
            )
        }
        return faults
    }
}
