import Foundation
import LovageAPI
import Testing

@testable import lovage

/// What `lovage apply` sends.
@Suite struct DefinitionFolderTests {
    private static func folder(_ files: [String: String]) throws -> TestFolder {
        let folder = try TestFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        return folder
    }

    @Test func `exactly the files that definitions name are sent, by the paths that people type`() throws {
        let folder = try Self.folder([
            "x/a.yaml": "command: a\nrun: [./run.sh]\nfiles: [./.env, s/lib.sh]\n# secret.txt",
            "x/run.sh": "1", "x/.env": "2", "x/s/lib.sh": "3", "x/secret.txt": "4", "run.sh": "5",
            "x/.git/b.yaml": "command: hidden",
        ])
        let root = folder.url.path
        let request = try DefinitionFolder(path: root).request(isDryRun: false)
        #expect(request.files.map(\.path) == ["\(root)/x/a.yaml"])
        #expect(request.scripts.map(\.path).sorted() == ["\(root)/x/.env", "\(root)/x/run.sh", "\(root)/x/s/lib.sh"])
        let one = try DefinitionFolder(path: "\(root)/x/a.yaml").request(isDryRun: true)
        #expect(one.scripts.count == 3)
        #expect(one.isDryRun)
    }

    @Test func `pipes, devices and links that lead out are refused, all of them at once`() throws {
        let folder = try Self.folder(["a.yaml": "command: a\nrun: ['true']\nfiles: [pipe, zero, out, in]", "in": "x"])
        let root = folder.url.path
        #expect(mkfifo("\(root)/pipe", 0o600) == 0)
        #expect(mkfifo("\(root)/b.yaml", 0o600) == 0)
        #expect(symlink("/dev/zero", "\(root)/zero") == 0)
        #expect(symlink("/etc/passwd", "\(root)/out") == 0)
        let failure = #expect(throws: CommandFailure.self) { try DefinitionFolder(path: root).request(isDryRun: false) }
        #expect(failure?.code == .usage)
        let lines = (failure?.message ?? "").split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasSuffix("b.yaml is a pipe, not a file: name a regular file"))
        #expect(lines.contains { $0.contains("/pipe is a pipe") })
        #expect(lines.count { $0.contains("leads out of the folder of its definition") } == 2)
    }

    @Test func `a file that is not UTF-8 is sent as it is, for the server to say so with all the rest`() throws {
        let folder = try Self.folder(["b.yaml": "command: b"])
        try Data([0x61, 0xFF]).write(to: folder.url.appendingPathComponent("a.yaml"))
        let request = try DefinitionFolder(path: folder.url.path).request(isDryRun: false)
        #expect(request.files.map(\.contents) == [[0x61, 0xFF], Array("command: b".utf8)])
        #expect(try ApplyRequest(request.json, isStrict: true) == request)
    }

    @Test(arguments: ["", "/nowhere/at/all"])
    func `a folder that is not there, and an empty name, are refused`(path: String) {
        let failure = #expect(throws: CommandFailure.self) { try DefinitionFolder(path: path).request(isDryRun: false) }
        #expect(failure?.code == .usage)
    }
}
