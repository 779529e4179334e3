import Foundation
import Testing

@testable import LovageCommands

@Suite struct `A place in a server's folder` {
    private static let folder: UInt32 = 0o040000
    private static let file: UInt32 = 0o100000
    private static let link: UInt32 = 0o120000

    @Test(
        arguments: [
            (1000, folder | 0o700, true), (1000, folder | 0o755, true), (0, folder | 0o755, true),
            (1001, folder | 0o700, false), (65_534, link | 0o777, false), (1000, folder | 0o777, false),
            (1000, folder | 0o1777, false), (1000, folder | 0o770, false), (1000, file | 0o620, false),
            (0, file | 0o602, false), (1000, file | 0o644, true), (1000, link | 0o777, true),
        ] as [(UInt32, UInt32, Bool)])
    func `is its user's and root's alone to change`(_ owner: UInt32, _ mode: UInt32, _ isTaken: Bool) {
        let problem = OwnPlace("/data").problem(.init(owner: owner, mode: mode), user: 1000)
        #expect((problem == nil) == isTaken, "\(problem ?? "")")
        if let problem { #expect(problem.contains(owner == 1000 || owner == 0 ? "chmod" : "chown -R 1000 '/data'")) }
    }

    @Test func `is judged by what stands there, behind a link of one's own too`() throws {
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent("lovage-own-\(UUID().uuidString)")
        let real = parent.appendingPathComponent("real").path
        try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
        defer {
            // It is below the system's temporary folder.
            try? FileManager.default.removeItem(at: parent)
        }
        let link = parent.appendingPathComponent("link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        chmod(real, 0o700)
        #expect(OwnPlace(link).problem() == nil)
        chmod(real, 0o777)
        #expect(OwnPlace(link).problem()?.contains("mode 0777") == true)
        #expect(OwnPlace(real).problem()?.contains("chmod 700 '\(real)'") == true)
        #expect(OwnPlace(real + "/none").problem() == nil)
        // Folders of commands are not made inside it either.
        #expect(throws: ScriptCache.Problem.self) { try CommandFolders(below: real) }
    }
}
