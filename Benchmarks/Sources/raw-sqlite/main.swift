import Foundation

// What SQLite alone does with Lovage's tables.
//
// TEMPLATE is a database that `lovage up` made, so its tables are the real ones; each part works on a copy of it in
// FOLDER, the disk that is measured. Every commit waits for the disk. Prints one JSON object.

func give(up words: String) -> Never {
    FileHandle.standardError.write(Data("raw-sqlite: \(words)\n".utf8))
    exit(2)
}

let words = CommandLine.arguments
guard words.count == 5, let seconds = Double(words[3]), seconds > 0 else {
    give(up: "usage: raw-sqlite TEMPLATE FOLDER SECONDS insert:BULK,claim:BULK,…")
}
let laboratory = Laboratory(
    template: URL(fileURLWithPath: words[1]), folder: URL(fileURLWithPath: words[2]), seconds: seconds)
let parts = words[4].split(separator: ",").map { word in
    guard let part = Part(String(word)) else { give(up: "'\(word)' is no part: use insert:100 or claim:1") }
    return part
}
do {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(["figures": try parts.map(laboratory.measure)]), as: UTF8.self))
} catch {
    give(up: "\(error)")
}
