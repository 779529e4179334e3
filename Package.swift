// swift-tools-version: 6.2
import PackageDescription

/// The tree is the architecture: a folder is a group, a folder in it is a target, a target is a module.
/// What may import what is stated by the dependencies below and held by `Tests/Tidy`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func target(in group: String, named name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(group)/\(name)", swiftSettings: settings)
}

func program(named name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/Programs/\(name)", swiftSettings: settings)
}

func example(named name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Examples/\(name)", exclude: ["README.md", "output.txt"],
        swiftSettings: settings)
}

func tests(in group: String, named name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(group)/\(name)", swiftSettings: settings)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"]))
let sqliteLibrary = Target.Dependency.product(
    name: "GRDBSQLite", package: "GRDB.swift", condition: .when(traits: ["SQLite"]))
let subprocess = Target.Dependency.product(
    name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["Commands"]))
let system = Target.Dependency.product(
    name: "SystemPackage", package: "swift-system", condition: .when(traits: ["Commands"]))
let yams = Target.Dependency.product(name: "Yams", package: "Yams", condition: .when(traits: ["Commands"]))
let hummingbird = Target.Dependency.product(
    name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Server"]))
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Server"]))
/// What the server's and the client's public types are made of.
let http: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Server"])),
    .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Server"])),
    .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
    .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Server"])),
]

let package = Package(
    name: "lovage",
    products: [
        .library(name: "Lovage", targets: ["Lovage"]),
        .library(name: "LovageTesting", targets: ["LovageTesting"]),
        .executable(name: "lovage", targets: ["lovage"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "The embedded store (GRDB)."),
        .trait(name: "Commands", description: "Command kinds and YAML definitions (swift-subprocess, Yams)."),
        .trait(name: "Server", description: "The HTTP API and its client (Hummingbird, AsyncHTTPClient)."),
        .default(enabledTraits: ["SQLite", "Commands", "Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // What users import: re-exports, no logic.
        .target(
            name: "Lovage",
            dependencies: [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageClient", "LovageWorker",
                "LovageMaintenance",
                .target(name: "LovageSQLiteStore", condition: .when(traits: ["SQLite"])),
            ],
            path: "Sources/Lovage", swiftSettings: settings),

        // Values and rules: no I/O, no clock, no async, no logging.
        target(in: "Domain", named: "LovageCore"),
        target(in: "Domain", named: "LovageWorkflow", ["LovageCore"]),

        // Where jobs live: the seam, its conformance suite, and one target an engine.
        target(in: "Stores", named: "LovageStore", ["LovageCore", "LovageWorkflow"]),
        target(in: "Stores", named: "LovageMemoryStore", ["LovageCore", "LovageWorkflow", "LovageStore"]),
        target(
            in: "Stores", named: "LovageSQLiteStore",
            ["LovageCore", "LovageWorkflow", "LovageStore", grdb, sqliteLibrary]),
        target(in: "Stores", named: "LovageFileLog", ["LovageCore", "LovageStore"]),
        target(in: "Stores", named: "LovageStoreContract", ["LovageCore", "LovageWorkflow", "LovageStore"]),

        // The long-running parts: they know the seam, never a driver.
        target(in: "Runtime", named: "LovageClient", ["LovageCore", "LovageWorkflow", "LovageStore", logging]),
        target(
            in: "Runtime", named: "LovageWorker",
            ["LovageCore", "LovageWorkflow", "LovageStore", "LovageClient", logging, lifecycle]),
        target(in: "Runtime", named: "LovageMaintenance", ["LovageCore", "LovageStore", logging, lifecycle]),
        .target(name: "CLovageSupervision", path: "Sources/Runtime/CLovageSupervision"),
        target(
            in: "Runtime", named: "LovageCommands",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageClient", "LovageWorker", "CLovageSupervision",
                logging, crypto, subprocess, system,
            ]),
        target(in: "Runtime", named: "LovageDefinitions", ["LovageCore", "LovageWorkflow", crypto, yams]),
        target(
            in: "Runtime", named: "LovageRemote", ["LovageCore", "LovageWorkflow", "LovageAPI", asyncHTTPClient] + http),

        // The HTTP face, and the composition of one process.
        target(in: "Server", named: "LovageAPI", ["LovageCore", "LovageWorkflow", "LovageStore", "LovageClient"]),
        target(
            in: "Server", named: "LovageServer",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageClient", "LovageWorker", "LovageMaintenance",
                "LovageCommands", "LovageDefinitions", "LovageAPI", logging, lifecycle, crypto, hummingbird,
            ] + http),

        // For tests: ours and our users'.
        target(in: "Testing", named: "LovageTesting", ["LovageCore", "LovageStore", "LovageMemoryStore"]),
        target(
            in: "Testing", named: "LovageSimulation",
            ["LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageWorker"]),
        target(
            in: "Testing", named: "LovageFuzzing",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageDefinitions", "LovageAPI", "LovageFileLog",
                "LovageSQLiteStore",
            ]),

        // Thin mains; the only code that names a concrete store.
        program(
            named: "lovage",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageSQLiteStore",
                "LovageClient", "LovageWorker", "LovageMaintenance", "LovageCommands", "LovageDefinitions",
                "LovageRemote", "LovageAPI", "LovageServer", "LovageFileLog", argumentParser, asyncHTTPClient, logging,
                lifecycle,
            ]),
        program(
            named: "lovage-simulate",
            [
                "LovageCore", "LovageStore", "LovageMemoryStore", "LovageSQLiteStore", "LovageStoreContract",
                "LovageSimulation", argumentParser,
            ]),

        // Each has a README and the output it prints, which a test compares.
        example(named: "hello-job", ["Lovage", logging]),
        example(named: "producer-consumer", ["Lovage", logging]),

        tests(in: "Domain", named: "LovageCoreTests", ["LovageCore"]),
        tests(in: "Domain", named: "LovageWorkflowTests", ["LovageCore", "LovageWorkflow"]),
        tests(
            in: "Stores", named: "LovageMemoryStoreTests",
            ["LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageStoreContract"]),
        tests(
            in: "Stores", named: "LovageSQLiteStoreTests",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageSQLiteStore",
                "LovageStoreContract", grdb,
            ]),
        tests(in: "Stores", named: "LovageFileLogTests", ["LovageCore", "LovageStore", "LovageFileLog"]),
        tests(
            in: "Runtime", named: "LovageWorkerTests",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageSQLiteStore", "LovageClient",
                "LovageWorker", "LovageMaintenance", "LovageTesting", logging, lifecycle,
            ]),
        tests(
            in: "Runtime", named: "LovageCommandsTests",
            [
                "LovageCore", "LovageWorkflow", "LovageWorker", "LovageCommands", "lovage", logging, subprocess, system,
            ]),
        tests(
            in: "Runtime", named: "LovageDefinitionsTests", ["LovageCore", "LovageWorkflow", "LovageDefinitions"]),
        tests(
            in: "Server", named: "LovageServerTests",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageMemoryStore", "LovageClient", "LovageWorker",
                "LovageAPI", "LovageServer", "LovageRemote", "LovageTesting", logging, lifecycle, hummingbird,
                asyncHTTPClient,
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: .when(traits: ["Server"])),
            ] + http),
        tests(in: "Testing", named: "LovageTestingTests", ["LovageStore", "LovageTesting"]),
        tests(in: "Testing", named: "LovageSimulationTests", ["LovageCore", "LovageSimulation"]),
        tests(in: "Testing", named: "LovageFuzzingTests", ["LovageFuzzing"]),
        tests(
            in: "Programs", named: "LovageProgramTests",
            [
                "LovageCore", "LovageWorkflow", "LovageStore", "LovageClient", "LovageWorker", "LovageAPI",
                "LovageRemote",
                "LovageSimulation", "lovage",
                argumentParser, grdb,
            ]),
        tests(in: "Tidy", named: "TidyTests", []),
        tests(in: "Examples", named: "ExampleTests", ["hello-job", "producer-consumer"]),
    ]
)

// Only scripts/fuzz builds the fuzzer: it links a runtime that not every toolchain has, and wants every module compiled
// with its measuring points.
if Context.environment["LOVAGE_FUZZ"] != nil {
    package.products.append(.executable(name: "lovage-fuzz", targets: ["lovage-fuzz"]))
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Sources/Programs/CLibFuzzer"),
        program(named: "lovage-fuzz", ["LovageFuzzing", "CLibFuzzer"]),
    ]
}
