/// Which variables a definition may set for its command.
public enum EnvironmentRule {
    /// What is wrong with setting `name` to `value`, in a sentence; nil if nothing is.
    public static func problem(with name: String, _ value: String) -> String? {
        if !isName(name) {
            return "\"\(name)\" is not the name of a variable (letters, digits and _, not starting with a digit)"
        }
        if value.utf8.contains(0) { return "\(name) has a NUL character in its value" }
        if name.hasPrefix("LOVAGE_") { return "\(name) is set by Lovage" }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
