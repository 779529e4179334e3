import Foundation
import Testing

/// Definitions and the files beside them, through the built binary.
@Suite(.timeLimit(.minutes(5))) struct `Files of definitions` {
    @Test func `lie beside their YAML, run, and lead to each other`() async throws {
        let folder = try TestFolder()
        try folder.write("#!/bin/sh\ncat \"$LOVAGE_FILES/lib/.words\" \"$1\"\n", to: "d/run.sh")
        try folder.write("one\n", to: "d/lib/.words")
        try folder.write(
            """
            command: say.words
            run: [./run.sh, "${files}/lib/.words"]
            files: [./lib/.words]
            ---
            command: say.more
            run: [sh, "${files}/run.sh", /dev/null]
            files: [run.sh, lib/.words]
            """, to: "d/a.yaml")
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        let applied = try await server.lovage("apply", folder.file("d").path)
        #expect(applied.code == 0, "\(applied.complaints)")
        for (kind, output) in [("say.words", "one\none\n"), ("say.more", "one\n")] {
            let id = try await server.lovage("submit", kind).firstLine()
            #expect(try await server.lovage("wait", id).code == 0)
            #expect(try await server.lovage("logs", id).output == output)
        }
    }

    @Test func `are told where they are wrong by the path that was typed`() async throws {
        let folder = try TestFolder()
        try folder.write("command: a\nrun: [a.sh]\n", to: "d/a.yaml")
        try folder.write("#!/bin/sh\n", to: "d/a.sh")
        try Data([0x61, 0xFF]).write(to: folder.file("d/b.yaml"))
        let server = try await RunningServer(in: folder, arguments: ["--slots", "1"])
        let applied = try await server.lovage("apply", folder.file("d").path)
        #expect(applied.code == 2)
        #expect(
            applied.complaints.contains("\(folder.file("d").path)/a.yaml:2:7: run[0]: 'a.sh' lies beside this file"))
        #expect(applied.complaints.contains("\(folder.file("d").path)/b.yaml:1:2: the file is not UTF-8"))
    }
}
