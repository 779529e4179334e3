import Testing

/// The arrows between modules. SwiftPM refuses an import that the manifest does not list; this holds the manifest's direction.
struct LayerTests {
    /// What the modules of a group may import of ours.
    static let ours: [String: Set<String>] = [
        "Domain": domain,
        "Stores": domain.union(["LovageStore"]),
        "Runtime": domain.union(seam).union(runtime).union(["LovageAPI"]),
        "Server": domain.union(seam).union(runtime).union(["LovageAPI"]),
        "Testing": domain.union(seam).union(runtime).union([
            "LovageMemoryStore", "LovageSQLiteStore", "LovageFileLog", "LovageAPI",
        ]),
    ]

    static let domain: Set = ["LovageCore", "LovageWorkflow"]
    static let seam: Set = ["LovageStore"]
    static let runtime: Set = [
        "LovageClient", "LovageWorker", "LovageMaintenance", "LovageCommands", "LovageDefinitions",
        "CLovageSupervision",
    ]

    /// Where a dependency may appear; anywhere else it has leaked. The list names every one we have.
    static let homes: [String: Set<String>] = [
        "GRDB": ["LovageSQLiteStore"],
        "GRDBSQLite": ["LovageSQLiteStore"],
        "SQLite3": ["LovageSQLiteStore"],
        "Subprocess": ["LovageCommands"],
        "Yams": ["LovageDefinitions"],
        "SystemPackage": ["LovageCommands"],
        "Crypto": ["LovageDefinitions", "LovageCommands", "LovageServer", "lovage"],
        "Hummingbird": ["LovageServer"],
        "HummingbirdCore": ["LovageServer"],
        "HTTPTypes": ["LovageServer"],
        "NIOCore": ["LovageServer", "LovageRemote"],
        "NIOPosix": ["LovageServer"],
        "NIOHTTP1": ["LovageRemote", "LovageServer"],
        "NIOFoundationCompat": ["LovageRemote"],
        "AsyncHTTPClient": ["LovageRemote", "lovage"],
        "NIOHTTPTypes": ["LovageServer"],
        "ArgumentParser": ["lovage", "lovage-simulate"],
        "Logging": [
            "Lovage", "LovageClient", "LovageWorker", "LovageMaintenance", "LovageCommands", "LovageServer",
            "LovageTesting", "LovageSimulation", "lovage",
        ],
        "CLibFuzzer": ["lovage-fuzz"],
        "ServiceLifecycle": ["Lovage", "LovageWorker", "LovageMaintenance", "LovageServer", "lovage"],
    ]

    /// What comes with Swift and with the system.
    static let system: Set = [
        "Swift", "Synchronization", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch",
        "System",
    ]

    @Test func `a group imports of ours only what lies below it`() {
        for file in Tree.sources where file.group != "Programs" && file.group != "Lovage" {
            for (module, line) in file.imports where isOurs(module) {
                let allowed = Self.ours[file.group, default: []]
                #expect(allowed.contains(module), "\(file.path):\(line): \(file.group) must not import \(module)")
            }
        }
    }

    @Test func `the core does not know workflows`() {
        for file in Tree.sources where file.module == "LovageCore" {
            #expect(!file.imports.contains { $0.module == "LovageWorkflow" }, "\(file.path) imports LovageWorkflow")
        }
    }

    @Test func `the domain imports nothing but itself, not even Foundation`() {
        for file in Tree.sources where file.group == "Domain" {
            for (module, line) in file.imports {
                #expect(Self.domain.contains(module), "\(file.path):\(line): the domain must not import \(module)")
            }
        }
    }

    @Test func `only programs and what users import name a concrete store`() {
        let concrete: Set = ["LovageMemoryStore", "LovageSQLiteStore"]
        for file in Tree.sources where !["Programs", "Lovage", "Testing"].contains(file.group) {
            for (module, line) in file.imports where module != file.module {
                #expect(!concrete.contains(module), "\(file.path):\(line): \(file.module) must not name \(module)")
            }
        }
    }

    @Test func `a dependency stays in its homes`() {
        for file in Tree.sources {
            for (module, line) in file.imports where !isOurs(module) && !Self.system.contains(module) {
                let homes = Self.homes[module]
                #expect(homes != nil, "\(file.path):\(line): \(module) is new here; give it a home in LayerTests")
                if let homes {
                    #expect(
                        homes.contains(file.module), "\(file.path):\(line): \(file.module) must not import \(module)")
                }
            }
        }
    }

    private func isOurs(_ module: String) -> Bool { module.hasPrefix("Lovage") || module.hasPrefix("CLovage") }
}
