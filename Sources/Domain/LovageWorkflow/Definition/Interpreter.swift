/// A program that runs code which stands in its own arguments or standard input: `sh -c CODE`, `python3 -c CODE`.
///
/// A value put into that code is no argument any more; it is a part of the code. The programs that are known are the ones
/// that definitions use; no list can be complete, and a script may do the same with what it is given.
struct Interpreter {
    /// Its name, without a folder and a version.
    let name: String
    /// The positions of its code in `run`.
    let code: [Int]
    /// Where what follows belongs to the code and is no option of the interpreter any more; nil when that never is.
    let operands: Int?
    /// True when it reads its code from standard input.
    let readsCode: Bool

    private struct Way {
        /// Short options that take code, each one letter; it may stand at the end of a cluster such as `-euc`.
        var letters: Set<Character> = []
        /// Long options that take code.
        var words: Set<String> = []
        /// Short options that take something else, as their last letter.
        var taking: Set<Character> = []
        /// True when everything behind the code, or behind the file that is run, belongs to it.
        var endsOptions = false
        /// True when an option says that the first operand is code, and further options may stand between them.
        var isShell = false
        /// How many operands there may be among the options; behind one more nothing is of interest.
        var mostOperands = Int.max
        /// True when its first operand is code, unless an option named a file.
        var firstOperand = false
        /// True when it runs what it reads.
        var readsCode = true
    }

    private static let shell = Way(
        letters: ["c"], words: ["--command"], taking: ["o", "O"], endsOptions: true, isShell: true)
    private static let asUser = Way(
        letters: ["c"], words: ["--command", "--session-command"], taking: ["g", "G", "s", "w", "T"], mostOperands: 2)
    private static let awk = Way(
        letters: ["e"], words: ["--source"], taking: ["F", "v", "f", "i", "l"], endsOptions: true, firstOperand: true,
        readsCode: false)
    private static let ways: [String: Way] = [
        "sh": shell, "bash": shell, "rbash": shell, "dash": shell, "ash": shell, "zsh": shell, "ksh": shell,
        "mksh": shell, "yash": shell, "csh": shell, "tcsh": shell, "fish": shell, "hush": shell,
        "su": asUser, "runuser": asUser,
        "flock": Way(letters: ["c"], words: ["--command"], taking: ["E", "w"], mostOperands: 1, readsCode: false),
        "script": Way(letters: ["c"], words: ["--command"], taking: ["E", "I", "O", "B", "T", "m", "o"]),
        "python": Way(letters: ["c"], taking: ["W", "X", "m"], endsOptions: true),
        "pypy": Way(letters: ["c"], taking: ["W", "X", "m"], endsOptions: true),
        "perl": Way(letters: ["e", "E"], taking: ["I", "M", "m", "i", "F", "C"]),
        "ruby": Way(letters: ["e"], taking: ["I", "r", "C", "E", "K", "F"]),
        "node": Way(letters: ["e", "p"], words: ["--eval", "--print"], taking: ["r", "C"]),
        "php": Way(letters: ["r", "R", "B", "E"], words: ["--run"], taking: ["c", "d", "f", "z", "t"]),
        "lua": Way(letters: ["e"], taking: ["l"]),
        "Rscript": Way(letters: ["e"], readsCode: false),
        "awk": awk, "gawk": awk, "mawk": awk, "nawk": awk,
    ]
    /// Programs that start the one named behind them.
    private static let starters: Set<String> = [
        "env", "busybox", "toybox", "nice", "ionice", "nohup", "setsid", "timeout", "time", "stdbuf", "sudo", "doas",
        "xargs", "chroot", "unshare", "nsenter", "systemd-run", "flock", "strace", "chrt", "taskset", "prlimit",
        "setpriv",
    ]

    /// The interpreter that an argument vector starts, directly or by way of programs that start others; nil for any other.
    init?(of run: [String]) {
        for (position, element) in run.enumerated() {
            let name = Self.name(of: element)
            let isStarter = Self.starters.contains(name)
            if let way = Self.ways[name] {
                let found = Interpreter(name, way, run, from: position + 1)
                // Of those that start others as well, only if they have code of their own.
                if !isStarter || !found.code.isEmpty {
                    self = found
                    return
                }
            }
            if position == 0, !isStarter { return nil }
        }
        return nil
    }

    private init(_ name: String, _ way: Way, _ run: [String], from start: Int) {
        var scan = Scan(way: way, run: run, position: start)
        scan.go()
        self.name = name
        code = scan.code.filter { $0 < run.count }
        operands = way.endsOptions ? scan.end : nil
        let file = scan.operand.map { run[$0] }
        readsCode = way.readsCode && code.isEmpty && !scan.namesFile && (file == nil || file == "-" || scan.readsInput)
    }

    /// A walk through the arguments of one interpreter.
    private struct Scan {
        let way: Way
        let run: [String]
        var position: Int
        var code: [Int] = []
        /// The first argument that is no option, unless it is code.
        var operand: Int?
        /// Where what follows belongs to the code or the file that is run.
        var end: Int?
        var namesFile = false
        var readsInput = false
        /// True when an option said that the first operand is code.
        private var awaitsCode = false
        private var operands = 0

        init(way: Way, run: [String], position: Int) { (self.way, self.run, self.position) = (way, run, position) }

        mutating func go() {
            while end == nil, position < run.count {
                let element = run[position]
                let isOption = element.count > 1 && (element.hasPrefix("-") || (way.isShell && element.hasPrefix("+")))
                if element == "--" {
                    position += 1
                    if position < run.count { readOperand() }
                    return
                } else if !isOption {
                    readOperand()
                    if operands > way.mostOperands { return }
                } else if element.hasPrefix("--") {
                    readWord(element)
                } else {
                    readLetters(element)
                }
                position += 1
            }
        }

        private mutating func readOperand() {
            operands += 1
            if awaitsCode || (way.firstOperand && code.isEmpty && !namesFile && operands == 1) {
                code.append(position)
                end = position + 1
            } else {
                operand = operand ?? position
                if way.endsOptions { end = position + 1 }
            }
        }

        private mutating func readWord(_ element: String) {
            let word = element.prefix { $0 != "=" }
            guard way.words.contains(String(word)) else { return }
            take(isAttached: word.count < element.count)
        }

        /// A cluster: what takes something takes the rest of it, or else the next element.
        private mutating func readLetters(_ element: String) {
            for (offset, letter) in element.enumerated().dropFirst() {
                let isLast = offset == element.count - 1
                if way.isShell, letter == "s" { readsInput = true }
                if way.letters.contains(letter) {
                    // Of shells any further letters are options, and the code is the first operand.
                    guard way.isShell else { return take(isAttached: !isLast) }
                    awaitsCode = true
                } else if way.taking.contains(letter) {
                    if "fm".contains(letter) { namesFile = true }
                    if isLast || way.isShell { position += 1 }
                    if !way.isShell { return }
                }
            }
        }

        private mutating func take(isAttached: Bool) {
            if !isAttached { position += 1 }
            code.append(position)
            if way.endsOptions, !way.firstOperand { end = position + 1 }
        }
    }

    /// `/usr/bin/python3.11` is `python`.
    private static func name(of element: String) -> String {
        let last = StoredName.parts(of: element).last ?? ""
        if ways[last] != nil || starters.contains(last) { return last }
        return String(last.reversed().drop { $0.isNumber || $0 == "." || $0 == "-" }.reversed())
    }

    /// How a value gets into its code without becoming a part of it.
    var advice: String {
        switch name {
        case "python", "pypy": "pass it as an argument: [\(name)3, -c, 'import sys; … sys.argv[1] …', \"${args.x}\"]"
        case "perl": "pass it as an argument: [perl, -e, '… $ARGV[0] …', --, \"${args.x}\"]"
        case "awk", "gawk", "mawk", "nawk":
            "pass it through stdin, or as an operand: [\(name), '… ARGV[1] …', \"${args.x}\"]"
        case "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "mksh", "yash", "hush":
            "pass it as an argument: [\(name), -c, '… \"$1\" …', \(name), \"${args.x}\"]"
        default: "pass it as an argument of a script, or through stdin"
        }
    }
}
