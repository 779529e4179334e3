#if Server
import LovageAPI
import LovageCore
import Logging

/// Tells the server's log who changed what, so that it can be found later.
///
/// Submissions are told at the level debug only: each is stored itself, with its time, and there may be thousands in a
/// second. Bodies are not told: arguments and reasons are for those who may read the store.
struct ChangeLog: Sendable {
    let logger: Logger

    /// Tells of a call that changed something; `caller` is who made it.
    func note(_ call: Call, by caller: String, _ reply: Reply) {
        let isSubmission = call.route.name == Route.submit.name || call.route.name == Route.submitMany.name
        let level = isSubmission ? Logger.Level.debug : .info
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = ["by": "\(caller)"]
        for (name, value) in call.path { metadata[name] = "\(value)" }
        if case .json(let text, _) = reply {
            if let changed = Self.definitions(text) { metadata["changed"] = "\(changed)" }
            if call.path["id"] == nil, let id = text.member("id") { metadata["id"] = "\(id.value().stringValue ?? "")" }
        }
        logger.log(level: level, "Changed by \(call.route.name)", metadata: metadata)
    }

    /// The definitions that applying changed; nil when it is no answer to that.
    private static func definitions(_ answer: JSONText) -> String? {
        guard let items = answer.member("definitions")?.value().arrayValue else { return nil }
        let told = items.filter { $0["change"] != "unchanged" }.map { item in
            "\(item["sort"]?.stringValue ?? "") \(item["name"]?.stringValue ?? "") v\(item["version"]?.intValue ?? 0)"
        }
        let most = 20
        return told.prefix(most).joined(separator: ", ") + (told.count > most ? " and \(told.count - most) more" : "")
    }
}

extension JSONText {
    /// A member of an object, by its key.
    fileprivate func member(_ key: String) -> JSONText? { members()?.first { $0.key == key }?.value }
}
#endif
