import Glibc
import LovageWorker

extension MachineTrouble {
    /// What the machine lacks when the system answers with this error number; nil when the error says something of the
    /// command: its program is missing, is not to be executed, is no program.
    static func resource(of error: CInt) -> Resource? {
        switch error {
        case EMFILE, ENFILE: .descriptors
        case EAGAIN: .processes
        case ENOMEM, ENOBUFS: .memory
        case ENOSPC, EDQUOT: .disk
        case EIO, EROFS, ENODEV, ENXIO, ESTALE: .folder
        default: nil
        }
    }

    /// The trouble behind an error number, nil when it says something of the command.
    init?(_ error: CInt, _ problem: String) {
        guard let resource = Self.resource(of: error) else { return nil }
        self.init(resource, problem)
    }

    /// The trouble behind an error in the folder of a definition's files; nil when the names that the definition gives them
    /// may be why.
    init?(ofFiles error: CInt, _ problem: String) {
        if [ENAMETOOLONG, ENOTDIR, EISDIR, EEXIST, ELOOP, EINVAL].contains(error) { return nil }
        self.init(ofOurs: error, problem)
    }

    /// The trouble behind an error in a folder, or a process, that is ours: whatever it is, the job cannot help it.
    init(ofOurs error: CInt, _ problem: String) {
        self.init(Self.resource(of: error) ?? .folder, problem)
    }
}
