package import FerryCore

/// Memory of this host now, from /proc/meminfo.
package struct HostMemory: Sendable {
    package let total: ByteCount
    /// What programs can still get without swapping, by the kernel's estimate.
    package let available: ByteCount

    package static func current() throws(Failure) -> HostMemory {
        let path = "/proc/meminfo"
        let text = String(decoding: try DurableFile.read(path, limit: 64 << 10), as: UTF8.self)
        func figure(_ name: String) -> ByteCount? {
            for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
                let fields = line.split(separator: " ")
                guard fields.count >= 2, let kibibytes = UInt64(fields[1]) else { return nil }
                return .kibibytes(kibibytes)
            }
            return nil
        }
        guard let total = figure("MemTotal"), let available = figure("MemAvailable") else {
            throw Failure(LinuxFault.malformed, "\(path) does not have MemTotal and MemAvailable.", target: path)
        }
        return HostMemory(total: total, available: available)
    }
}
