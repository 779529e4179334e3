import Foundation
import Testing

/// `scripts/bootstrap` on a machine that has only what a test puts there: it looks for a header that no machine has.
struct BootstrapTests {
    @Test func `as root it installs what is missing`() throws {
        let ended = try Machine(user: 0, has: ["swift", "apt-get"]).bootstrap()
        #expect(ended.code == 0)
        #expect(ended.said == "lovage: installing libsqlite3-dev\n")
        #expect(
            ended.asked == """
                update -qq, noninteractive
                install -y -qq --no-install-recommends libsqlite3-dev, noninteractive

                """)
    }

    @Test func `as another user it names what is missing and how to install it, and installs nothing`() throws {
        let ended = try Machine(user: 1_000, has: ["swift", "apt-get"]).bootstrap()
        #expect(ended.code == 1)
        #expect(
            ended.said == """
                lovage: these system packages are missing: libsqlite3-dev
                lovage: install them with: sudo apt-get update && sudo apt-get install libsqlite3-dev

                """)
        #expect(ended.asked.isEmpty)
    }

    @Test(arguments: [0, 1_000]) func `without apt-get it names what has to be found`(user: Int) throws {
        let ended = try Machine(user: user, has: ["swift"]).bootstrap()
        #expect(ended.code == 1)
        #expect(
            ended.said == """
                lovage: these system packages are missing: libsqlite3-dev
                lovage: those are Debian's names, and there is no apt-get here; install what brings: \(Machine.header)

                """)
    }

    @Test func `it fails when apt-get does`() throws {
        #expect(try Machine(user: 0, has: ["swift", "apt-get"], installing: 100).bootstrap().code == 100)
    }

    @Test func `with everything in place it does nothing`() throws {
        let ended = try Machine(user: 0, has: ["swift", "apt-get"], withHeader: true).bootstrap()
        #expect(ended.code == 0)
        #expect(ended.said.isEmpty)
        #expect(ended.asked.isEmpty)
    }

    @Test func `as root it also installs what only tests use, when they are to run`() throws {
        let machine = try Machine(user: 0, has: ["swift", "apt-get"], withHeader: true)
        #expect(try machine.bootstrap("--tests").said == "lovage: installing strace python3\n")
        #expect(try machine.bootstrap().said.isEmpty)
        let complete = try Machine(user: 0, has: ["swift", "apt-get", "strace", "python3"], withHeader: true)
        #expect(try complete.bootstrap("--tests").said.isEmpty)
    }

    @Test func `as another user it says which tests will be skipped, and goes on`() throws {
        let ended = try Machine(user: 1_000, has: ["swift", "apt-get"], withHeader: true).bootstrap("--tests")
        #expect(ended.code == 0)
        #expect(
            ended.said
                == "lovage: the tests that need them are skipped, for these packages are missing: strace python3\n")
        #expect(ended.asked.isEmpty)
    }

    @Test func `without Swift it says where to get it`() throws {
        let ended = try Machine(user: 0, has: ["apt-get"]).bootstrap()
        #expect(ended.code == 1)
        #expect(ended.said.contains("https://www.swift.org/install"))
        #expect(ended.asked.isEmpty)
    }

    /// A folder with the programs that the script finds, and nothing else.
    final class Machine {
        static let header = "lovage-test-header.h"
        private let root = FileManager.default.temporaryDirectory.appendingPathComponent("lovage-\(UUID().uuidString)")

        init(user: Int, has programs: [String], withHeader: Bool = false, installing code: Int = 0) throws {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            for tool in ["cat", "uname"] { try write("exec /usr/bin/env PATH=/usr/bin:/bin \(tool) \"$@\"", to: tool) }
            try write("echo \(user)", to: "id")
            let asked = root.appendingPathComponent("asked").path
            for program in programs {
                let log = "echo \"$*, ${DEBIAN_FRONTEND:-}\" >>'\(asked)'\n"
                try write(program == "apt-get" ? "\(log)exit \(code)" : "exit 0", to: program)
            }
            if withHeader { try write("", to: Self.header) }
            try write(Tree.text(of: "scripts/bootstrap").replacing("sqlite3.h", with: Self.header), to: "bootstrap")
        }

        deinit {
            // A folder that cannot be removed is the next reader's nuisance, not this test's failure.
            try? FileManager.default.removeItem(at: root)
        }

        /// Runs the script: its exit code, everything it said, and what apt-get was asked for.
        func bootstrap(_ arguments: String...) throws -> (code: Int32, said: String, asked: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = [root.appendingPathComponent("bootstrap").path] + arguments
            process.environment = ["PATH": root.path, "CPATH": root.path]
            let said = root.appendingPathComponent("said")
            try Data().write(to: said)
            let output = try FileHandle(forWritingTo: said)
            process.standardOutput = output
            process.standardError = output
            try process.run()
            process.waitUntilExit()
            return (process.terminationStatus, text("said"), text("asked"))
        }

        private func text(_ name: String) -> String {
            let data = FileManager.default.contents(atPath: root.appendingPathComponent(name).path) ?? Data()
            return String(decoding: data, as: UTF8.self)
        }

        private func write(_ text: String, to name: String) throws {
            let file = root.appendingPathComponent(name)
            let script = text.hasPrefix("#!") ? text : "#!/bin/bash\n\(text)\n"
            try Data(script.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
    }
}
