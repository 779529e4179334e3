import Testing

/// What must not appear in our sources outside of the few places that own it.
struct ForbiddenTextTests {
    /// A rule: the text, why it is forbidden, and where it may stand nevertheless with the reason.
    struct Rule: Sendable, CustomTestStringConvertible {
        let name: String
        let why: String
        /// Path or folder → reason.
        var homes: [String: String] = [:]
        let finds: @Sendable (String) -> Bool
        var testDescription: String { name }
    }

    static let rules: [Rule] = [
        Rule(
            name: "the wall clock", why: "time is passed in, so that tests and the simulator own it",
            homes: ["Sources/Programs/lovage/": "the outermost shell: stamps files and measures"]
        ) { $0.contains("Date()") || $0.contains("Date.now") },
        Rule(
            name: "a clock of the machine", why: "time is passed in, so that tests and the simulator own it",
            homes: [
                "Sources/Stores/LovageStore/SystemClock.swift": "the one clock that every store is given",
                "Sources/Stores/LovageSQLiteStore/Time/StoreClock.swift": "its offset is kept in the file",
                "Sources/Stores/LovageStore/Timekeeper.swift": "the one place that waits",
                "Sources/Stores/LovageSQLiteStore/Time/": "StoreTime of the SQLite store: the owner's monotonic clock",
                "Sources/Runtime/LovageRemote/RemoteClient+Waiting.swift": "splits one wait into long polls",
                "Sources/Runtime/LovageCommands/Supervisor/": "a process of its own without Swift concurrency",
                "Sources/Programs/": "the outermost shell: measures and limits waiting",
            ]
        ) { line in
            ["ContinuousClock", "SuspendingClock", "clock_gettime(", "gettimeofday(", "DispatchTime.now"]
                .contains(where: line.contains)
        },
        Rule(
            name: "Task.sleep",
            why: "who waits for a state waits for its signal; who waits for a time asks the timekeeper"
        ) { $0.contains("Task.sleep(") },
        Rule(
            name: "chance", why: "randomness is passed in, so that a seed repeats a run",
            homes: [
                "Sources/Runtime/LovageClient/BufferedRandomness.swift": "names new jobs unless a generator is given",
                "Sources/Runtime/LovageWorker/Worker.swift": "the default of a parameter",
                "Sources/Server/LovageServer/Tokens/TokenMaking.swift": "secrets, which no seed may repeat",
                "Sources/Programs/": "the outermost shell",
            ]
        ) { line in
            (line.contains(".random(") && !line.contains("using:")) || line.contains("SystemRandomNumberGenerator")
                || line.contains(".randomElement()") || line.contains(".shuffled()")
        },
        Rule(
            name: "print", why: "a library writes to the logger it was given",
            homes: ["Sources/Programs/": "what people read on their terminal"]
        ) { containsWord("print(", in: $0) },
        Rule(name: "try!", why: "it turns an error into a crash without a sentence") { $0.contains("try!") },
        Rule(name: "as!", why: "it turns a wrong type into a crash without a sentence") { $0.contains(" as! ") },
        Rule(name: "fatalError", why: "a bug of ours is a `precondition` with a sentence") {
            containsWord("fatalError(", in: $0)
        },
        Rule(name: "nonisolated(unsafe)", why: "state that is shared lives in a Mutex") {
            $0.contains("nonisolated(unsafe)")
        },
        Rule(
            name: "an unstructured task", why: "child tasks live in groups, so that cancellation is the way to stop",
            homes: [
                "Sources/Runtime/LovageWorker/WorkerRun.swift": "recording outlives the cancellation, and is awaited",
                "Sources/Runtime/LovageCommands/Command/CommandRunner.swift": "a command's end outlives it too",
            ]
        ) {
            containsWord("Task {", in: $0) || containsWord("Task.detached", in: $0) || containsWord("Task<", in: $0)
        },
    ]

    @Test(arguments: rules) func `stands only where it is at home`(_ rule: Rule) {
        for file in Tree.sources where !rule.homes.keys.contains(where: file.path.hasPrefix) {
            for (index, line) in file.code.enumerated() where rule.finds(line) {
                Issue.record("\(file.path):\(index + 1): \(rule.name): \(rule.why)")
            }
        }
    }

    @Test func `a rule finds what it forbids`() {
        let samples = [
            "let now = Date()", "let clock = ContinuousClock()", "try await Task.sleep(for: .seconds(1))",
            "Int.random(in: 0..<3)", "print(x)", "try! f()", "let a = b as! C", "fatalError()",
            "nonisolated(unsafe) var x = 1", "Task { await f() }",
        ]
        for (rule, sample) in zip(Self.rules, samples) { #expect(rule.finds(sample), "\(rule.name)") }
        #expect(samples.count == Self.rules.count)
        #expect(!Self.rules[3].finds("Int.random(in: 0..<3, using: &random)"))
        #expect(!Self.rules[9].finds("group.addTask { await f() }"))
    }

    @Test func `an error that is swallowed is explained on its line or above it`() {
        for file in Tree.sources {
            for (index, line) in file.code.enumerated() where line.contains("try?") {
                let isExplained =
                    file.lines[index].contains("//") || (index > 0 && file.lines[index - 1].contains("//"))
                #expect(
                    isExplained, "\(file.path):\(index + 1): `try?` without the reason why the error does not matter")
            }
        }
    }

    @Test func `the switches of the life cycle have no default`() {
        let files = Tree.sources.filter { $0.name.hasPrefix("JobLifecycle") }
        #expect(!files.isEmpty)
        for file in files {
            for (index, line) in file.code.enumerated() where line.contains("default:") {
                Issue.record("\(file.path):\(index + 1): a new state has to be decided by a person, not by `default`")
            }
        }
    }
}

/// True when `word` stands in `line` and is not the end of a longer word.
private func containsWord(_ word: String, in line: String) -> Bool {
    var rest = line[...]
    while let first = rest.firstIndex(where: { $0 == word.first }) {
        let before = first == line.startIndex ? " " : line[line.index(before: first)]
        let isWhole = !(before.isLetter || before.isNumber || before == "_" || before == ".")
        if isWhole, line[first...].hasPrefix(word) { return true }
        rest = line[line.index(after: first)...]
    }
    return false
}
