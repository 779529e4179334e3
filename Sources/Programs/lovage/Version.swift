/// Which version this is.
enum Version {
    /// Raised by hand with a release, together with CHANGELOG.md.
    static let text = "0.1.0"
}
