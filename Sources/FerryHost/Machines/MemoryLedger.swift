package import FerryCore
import FerryLinux
import Synchronization

/// Which machines have been promised how much of the host's memory. One lock decides, so that two machines that start at once
/// cannot both take the last of it.
package final class MemoryLedger: Sendable {
    private struct Promise: Sendable {
        var size: ByteCount
        var file: String
    }

    private let folder: String
    private let promises = Mutex<[String: Promise]>([:])

    package init(folder: String) { self.folder = folder }

    /// Promises `size` to a machine, once.
    ///
    /// - Parameters:
    ///   - name: for the message.
    ///   - file: the machine's RAM file, to know what of it takes memory already.
    /// - Throws: E-07.
    package func reserve(_ id: String, name: String, size: ByteCount, file: String) throws(Failure) {
        var facts = try facts()
        try promises.withLock { (promises) throws(Failure) in
            guard promises[id] == nil else { return }
            try Self.check(name, size, promises, &facts)
            promises[id] = Promise(size: size, file: file)
        }
    }

    /// As `reserve`, without promising anything.
    package func requireRoom(for name: String, size: ByteCount) throws(Failure) {
        var facts = try facts()
        try promises.withLock { (promises) throws(Failure) in try Self.check(name, size, promises, &facts) }
    }

    /// What could be promised now.
    package func room() throws(Failure) -> ByteCount {
        var facts = try facts()
        promises.withLock { Self.count($0, &facts) }
        return MemoryAdmission.room(facts)
    }

    private func facts() throws(Failure) -> MemoryAdmission.Facts {
        MemoryAdmission.Facts(
            capacity: try FileSystemSpace.of(folder).capacity, promised: .zero, resident: .zero,
            available: try MemoryAdmission.figure("MemAvailable"))
    }

    private static func count(_ promises: [String: Promise], _ facts: inout MemoryAdmission.Facts) {
        for promise in promises.values {
            facts.promised += promise.size
            facts.resident += ByteCount((try? FileIdentity.ifPresent(promise.file))?.allocated ?? 0)
        }
    }

    private static func check(
        _ name: String, _ size: ByteCount, _ promises: [String: Promise], _ facts: inout MemoryAdmission.Facts
    ) throws(Failure) {
        count(promises, &facts)
        if let objection = MemoryAdmission.objection(to: size, facts) {
            throw HostFault.notEnoughMemory(for: name, size: size, objection)
        }
    }

    /// Notes a machine that runs already: found again after a restart of ferryd.
    package func note(_ id: String, size: ByteCount, file: String) {
        promises.withLock { $0[id] = Promise(size: size, file: file) }
    }

    package func release(_ id: String) { promises.withLock { _ = $0.removeValue(forKey: id) } }
}
