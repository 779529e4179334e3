/// Values such as `-5`, which ArgumentParser takes for options: none of ours begins with a digit.
enum NegativeValues {
    /// The words with each such value joined to the option before it, `--priority=-5`.
    static func joined(_ words: [String]) -> [String] {
        var joined: [String] = []
        for (index, word) in words.enumerated() {
            if word == "--" { return joined + words[index...] }
            if word.prefixMatch(of: /-[0-9.]/) != nil, let option = joined.last, option.count > 2,
                option.hasPrefix("--"), !option.contains("=")
            {
                joined[joined.count - 1] = "\(option)=\(word)"
            } else {
                joined.append(word)
            }
        }
        return joined
    }
}
