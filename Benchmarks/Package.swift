// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the comparison builds in seconds and nothing of it is part of what users build.
// It does not know Lovage's modules: what it measures is what SQLite does with a file that Lovage made.
let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .executableTarget(
            name: "raw-sqlite", dependencies: ["CSQLite"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
    ]
)
