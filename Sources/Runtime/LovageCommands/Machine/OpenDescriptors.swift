import Glibc
import LovageWorker

/// How many more descriptors can be had. Looked at without taking any: whoever takes the last ones, for a moment only,
/// makes others fail.
enum OpenDescriptors {
    /// What is lacking for `needed` more descriptors; nil when nothing is.
    static func shortage(of needed: Int) -> MachineTrouble? {
        let limit = DescriptorLimit.current
        // The lowest free number is always given out first: where the last ones are free, so many can be had.
        let last = max(0, limit - needed)..<limit
        if !last.allSatisfy({ fcntl(CInt(clamping: $0), F_GETFD) < 0 }) {
            let free = limit - (count() ?? limit)
            if free < needed {
                return MachineTrouble(
                    .descriptors,
                    "no descriptors left: \(max(0, free)) more files can be opened of \(limit), and starting a command "
                        + "needs \(needed)")
            }
        }
        // The whole machine's limit does not hold for root.
        guard geteuid() != 0, let text = SmallFile.read("/proc/sys/fs/file-nr") else { return nil }
        return shortage(of: needed, inAll: String(decoding: text, as: UTF8.self))
    }

    /// The same for the whole machine, by what proc(5) says in file-nr: taken, free, most.
    static func shortage(of needed: Int, inAll text: String) -> MachineTrouble? {
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard numbers.count == 3, numbers[2] - numbers[0] < needed else { return nil }
        return MachineTrouble(
            .descriptors,
            "no descriptors left on this machine: \(numbers[0]) files are open of \(numbers[2]) (fs.file-max), and "
                + "starting a command needs \(needed) more")
    }

    /// How many this process has open; nil when not even that can be looked at.
    private static func count() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        // Without ".", ".." and the folder's own.
        while readdir(folder) != nil { count += 1 }
        return count - 3
    }
}
