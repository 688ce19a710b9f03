import FerryCore
import FerryLinux

/// A process whose command line names a host's folder.
struct HostProcess {
    let pid: Int32
    /// The program, without its folder: `ferryd`, `qemu-system-x86_64`.
    let program: String

    static func all(of folder: String) throws(Failure) -> [HostProcess] {
        var result: [HostProcess] = []
        for name in try Folder.names(in: "/proc") {
            guard let pid = Int32(name), let bytes = try? DurableFile.read("/proc/\(name)/cmdline", limit: 1 << 20)
            else { continue }
            let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.contains(where: { $0.contains("\(folder)/") }), let first = words.first else { continue }
            result.append(HostProcess(pid: pid, program: String(first.split(separator: "/").last ?? "")))
        }
        return result
    }
}
