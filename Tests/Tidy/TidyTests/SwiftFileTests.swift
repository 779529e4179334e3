import Testing

/// The checks are only as good as their reading of Swift.
struct SwiftFileTests {
    @Test func `comments and texts are blanked, lines and interpolated code stay`() {
        let file = SwiftFile(
            path: "Sources/A/B/C.swift",
            text: #"""
                let a = "print(1) \(Date()) \" try!" // fatalError(
                /* as! /* nested */ print( */ let b = 1
                let c = #"raw "quoted" print( \(x)"# + """
                    print(
                    """
                """#)
        #expect(file.code.count == file.lines.count)
        #expect(file.code[0].contains("Date()"))
        #expect(!file.code.joined().contains("print("))
        #expect(!file.code.joined().contains("try!"))
        #expect(!file.code.joined().contains("as!"))
        #expect(!file.code.joined().contains("fatalError"))
        #expect(file.code[1].contains("let b = 1"))
    }

    @Test func `imports are read whatever stands around the module`() {
        let file = SwiftFile(
            path: "Sources/Domain/LovageCore/Job/Job.swift",
            text: """
                public import LovageStore
                @testable import B
                import struct Foundation.Data
                // import D
                let important = 1
                """)
        #expect(file.imports.map(\.module) == ["LovageStore", "B", "Foundation"])
        #expect(file.imports.map(\.line) == [1, 2, 3])
        #expect(file.group == "Domain")
        #expect(file.module == "LovageCore")
    }

    @Test func `the tree is found`() {
        #expect(Tree.exists("Package.swift"))
        #expect(Tree.sources.count > 40)
        #expect(Tree.pages.contains("README.md"))
    }
}
