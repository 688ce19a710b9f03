package import FerryCore
import FerryLinux

/// Decides whether a machine's memory fits: a full tmpfs, or a host without memory, would kill guests that already run.
package enum MemoryAdmission {
    /// What is known when the question is asked. Bytes.
    package struct Facts: Sendable {
        /// Size of the host's tmpfs.
        package var capacity: ByteCount
        /// Sum of the sizes of the machines that run or are reserved, this one not included.
        package var promised: ByteCount
        /// Of that, what already takes memory: MemAvailable does not count it any more.
        package var resident: ByteCount
        /// MemAvailable of the kernel.
        package var available: ByteCount

        package init(capacity: ByteCount, promised: ByteCount, resident: ByteCount, available: ByteCount) {
            self.capacity = capacity
            self.promised = promised
            self.resident = resident
            self.available = available
        }
    }

    /// nil when it fits, else the reason as a sentence.
    package static func objection(to size: ByteCount, _ facts: Facts) -> String? {
        let (total, overflow) = facts.promised.bytes.addingReportingOverflow(size.bytes)
        guard !overflow, total <= facts.capacity.bytes else {
            let free = ByteCount(facts.capacity.bytes - min(facts.capacity.bytes, facts.promised.bytes))
            return "The host has set aside \(facts.capacity) for virtual machines, of which \(free) is free."
        }
        let outstanding = facts.promised.bytes - min(facts.promised.bytes, facts.resident.bytes)
        guard outstanding + size.bytes <= facts.available.bytes else {
            let free = ByteCount(facts.available.bytes - min(facts.available.bytes, outstanding))
            return "The host has \(free) of memory available that is not promised to other virtual machines."
        }
        return nil
    }

    /// The largest size to which there would be no objection.
    package static func room(_ facts: Facts) -> ByteCount {
        let free = facts.capacity.bytes - min(facts.capacity.bytes, facts.promised.bytes)
        let outstanding = facts.promised.bytes - min(facts.promised.bytes, facts.resident.bytes)
        return ByteCount(min(free, facts.available.bytes - min(facts.available.bytes, outstanding)))
    }

    /// A figure of /proc/meminfo: "MemAvailable", "MemTotal".
    package static func figure(_ name: String) throws(Failure) -> ByteCount {
        let path = "/proc/meminfo"
        let text = String(decoding: try DurableFile.read(path), as: UTF8.self)
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.count >= 2, let kibibytes = UInt64(fields[1]) { return .kibibytes(kibibytes) }
        }
        throw Failure(LinuxFault.malformed, "\(path) does not tell \(name).", target: path)
    }
}
