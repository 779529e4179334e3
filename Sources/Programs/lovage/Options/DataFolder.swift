import Foundation

/// Which data folder a command means: `up` keeps everything there, and every other command finds its server by it.
enum DataFolder {
    /// That of `--data`, or of `LOVAGE_DATA`, or the user's own one; a variable that is empty counts as not set.
    static func url(_ option: String?, _ environment: [String: String]) throws(CommandFailure) -> URL {
        if let option {
            // An empty path would be the current directory; most likely a variable of a script was not set.
            guard !option.isEmpty else {
                throw .usage("--data is empty: name a folder, or leave it out for \(standard(environment).path)")
            }
            return URL(fileURLWithPath: option)
        }
        if let path = environment["LOVAGE_DATA"], !path.isEmpty { return URL(fileURLWithPath: path) }
        return standard(environment)
    }

    private static func standard(_ environment: [String: String]) -> URL {
        // The XDG specification: a relative path is to be ignored.
        if let home = environment["XDG_DATA_HOME"], home.hasPrefix("/") {
            return URL(fileURLWithPath: home).appendingPathComponent("lovage")
        }
        return FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/share/lovage")
    }
}
