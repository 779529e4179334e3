import Foundation
import LovageCommands
import Testing

/// Found by hand: of twelve archives started at once one failed with "File exists" and had to be retried.
@Suite(.timeLimit(.minutes(5))) struct FileFoldersTests {
    @Test func `many attempts put the same files in place at once, and each finds them whole`() async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "lovage-files-\(UUID().uuidString)")
        let script = Array("#!/bin/sh\necho hello\n".utf8)
        let helper = Array("helper\n".utf8)
        for round in 0..<20 {
            let files = try CommandFolders(below: home.path + "-\(round)").files
            let names = ["scripts/run.sh": ScriptCache.hash(of: script), "lib.sh": ScriptCache.hash(of: helper)]
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let folder = try await files.folder(of: names) { $0 == names["lib.sh"] ? helper : script }
                        return [try String(contentsOfFile: "\(folder)/scripts/run.sh", encoding: .utf8), folder]
                    }
                }
                for try await found in group { #expect(found[0] == "#!/bin/sh\necho hello\n") }
            }
            let left = try FileManager.default.subpathsOfDirectory(atPath: home.path + "-\(round)/files")
                .filter { $0.split(separator: "/").first?.contains(".") == true }
            #expect(left.isEmpty, "no temporary name is left")
            try FileManager.default.removeItem(atPath: home.path + "-\(round)")
        }
    }

    @Test func `the longest name that may be stored is put in place, and one that leads out is not`() async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "lovage-files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: home) }  // A folder that stays does no harm to other tests.
        let files = try CommandFolders(below: home).files
        let content = Array("x".utf8)
        let long = "s/" + String(repeating: "n", count: 255)
        let folder = try await files.folder(of: [long: ScriptCache.hash(of: content)]) { _ in content }
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(long)"))
        for name in ["../x", "../\u{301}x", "/x"] {
            await #expect(throws: ScriptCache.Problem.self) {
                try await files.folder(of: [name: ScriptCache.hash(of: content)]) { _ in content }
            }
        }
    }
}
