import FerryContract
import FerryCore
import FerryLinux

/// Finds what no machine and no move of this host owns: looks at what is there, not at what ought to be.
///
///     processes · memory files · runtime folders · planned machines · exports, bitmaps, servers · open records
///                                  minus  machines and moves at work  =  left over
struct HostLeftovers {
    let machines: MachineRegistry
    let migrations: any MigrationService

    private var configuration: HostConfiguration { machines.environment.configuration }

    /// What is found twice: a machine that starts or ends just now passes through states that look like leftovers.
    func find() throws(Failure) -> [LeftoverReport] {
        let first = try look()
        guard !first.isEmpty else { return [] }
        Event().wait(until: .after(.milliseconds(300)))
        let again = Set(try look())
        return first.filter(again.contains)
    }

    private func look() throws(Failure) -> [LeftoverReport] {
        let traces = try migrations.traces()
        let active = traces.filter(\.isActive)
        return try processes(active) + memoryFiles(active) + runtimeFolders(active) + planned(active) + monitors(active)
            + traces.filter { !$0.isActive }.map { trace in
                leftover(
                    .record, "migrations/open/\(trace.migration)", trace.machine, trace.migration,
                    "Restart ferryd, which settles it: systemctl restart ferryd.")
            }
    }

    private func leftover(
        _ kind: LeftoverReport.Kind, _ item: String, _ machine: String?, _ migration: String?, _ advice: String
    ) -> LeftoverReport {
        LeftoverReport(
            kind: kind, item: item, machine: machine, migration: migration, advice: advice,
            computerName: configuration.name)
    }

    /// Whether somebody works on the machine, or it runs.
    private func isOwned(_ id: String) -> Bool {
        guard let machine = machines.machineIfPresent(id) else { return false }
        return machine.isBusy || machine.qemu?.process.isAlive == true
    }

    // MARK: - Each kind

    /// QEMU and storage daemons are known by their sockets, which lie in this host's runtime folder.
    private func processes(_ active: [MigrationTrace]) throws(Failure) -> [LeftoverReport] {
        let prefix = "\(configuration.runtimeFolder)/"
        let known = Set(machines.all.compactMap { $0.qemu?.process.pid })
        var found: [LeftoverReport] = []
        for name in try Folder.names(in: "/proc") {
            guard let pid = Int32(name), !known.contains(pid),
                let bytes = try? DurableFile.read("/proc/\(name)/cmdline", limit: 1 << 20)
            else { continue }
            let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard let owner = words.lazy.compactMap({ Self.owner(in: $0, prefix) }).first else { continue }
            if active.contains(where: { $0.owns(folder: owner) }) || isOwned(owner) { continue }
            let program = words.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
            found.append(
                leftover(
                    .process, "\(pid) (\(program))", owner.count == 36 ? owner : nil, nil,
                    "Restart ferryd, which ends it, or: kill \(pid)."))
        }
        return found
    }

    /// The folder's name in `unix:<runtime>/<folder>/qmp,…` or `addr.path=<runtime>/<folder>/nbd`.
    private static func owner(in word: String, _ prefix: String) -> String? {
        for marker in ["unix:\(prefix)", "addr.path=\(prefix)"] {
            guard let range = word.firstRange(of: marker) else { continue }
            let rest = word[range.upperBound...]
            guard let end = rest.firstIndex(of: "/"), isOurs(rest[..<end]) else { continue }
            return String(rest[..<end])
        }
        return nil
    }

    /// A machine's id, or a move's folder.
    private static func isOurs(_ name: some StringProtocol) -> Bool {
        let text = String(name)
        if text.hasPrefix("m-") { return text.count == 10 && text.dropFirst(2).allSatisfy(\.isHexDigit) }
        return OwnershipIdentifier.isUUID(text)
    }

    private func memoryFiles(_ active: [MigrationTrace]) throws(Failure) -> [LeftoverReport] {
        try Folder.names(in: configuration.memoryFolder).compactMap { name in
            guard name.hasSuffix(".ram") else { return nil }
            let id = String(name.dropLast(4))
            guard OwnershipIdentifier.isUUID(id), !isOwned(id), !active.contains(where: { $0.owns(folder: id) }) else {
                return nil
            }
            let path = "\(configuration.memoryFolder)/\(name)"
            return leftover(.memoryFile, path, id, nil, "No machine uses it; remove it: rm \(path).")
        }
    }

    private func runtimeFolders(_ active: [MigrationTrace]) throws(Failure) -> [LeftoverReport] {
        try Folder.names(in: configuration.runtimeFolder).compactMap { name in
            guard Self.isOurs(name), !isOwned(name), !active.contains(where: { $0.owns(folder: name) }) else {
                return nil
            }
            let path = "\(configuration.runtimeFolder)/\(name)"
            return leftover(
                .runtimeFolder, path, name.hasPrefix("m-") ? nil : name, nil,
                "Nothing of this host listens in it; remove it: rm -r \(path).")
        }
    }

    private func planned(_ active: [MigrationTrace]) -> [LeftoverReport] {
        machines.all.compactMap { machine in
            guard let migration = machine.plannedBy, !machine.isBusy,
                !active.contains(where: { $0.migration == migration })
            else {
                return nil
            }
            return leftover(
                .plannedMachine, machine.name, machine.id, migration.isEmpty ? nil : migration,
                "Restart ferryd, which settles the move it belongs to: systemctl restart ferryd.")
        }
    }

    /// Inside the running hypervisors. One that does not answer has nothing that can be told of it now.
    private func monitors(_ active: [MigrationTrace]) -> [LeftoverReport] {
        var found: [LeftoverReport] = []
        for machine in machines.all where !machine.isBusy && !active.contains(where: { $0.machine == machine.id }) {
            guard let qemu = machine.qemu, let document = try? machine.document(), let client = try? qemu.qmp() else {
                continue
            }
            let monitor = QMPBlockMonitor(client)
            let advice = "The next move of the machine removes it; so does moving it away, or stopping it."
            for export in (try? monitor.exports()) ?? [] where export.hasPrefix(blockNamePrefix) {
                found.append(leftover(.blockExport, "\(export) of \(machine.name)", machine.id, nil, advice))
            }
            for disk in document.disks {
                for bitmap in (try? monitor.bitmaps(of: disk.name)) ?? [] where bitmap.hasPrefix(blockNamePrefix) {
                    found.append(
                        leftover(.bitmap, "\(bitmap) on \(disk.name) of \(machine.name)", machine.id, nil, advice))
                }
            }
            let server = "\(machine.runtimeFolder)/nbd"
            if (try? FileIdentity.ifPresent(server, followingLinks: false)) != nil {
                found.append(leftover(.blockServer, server, machine.id, nil, advice))
            }
        }
        return found
    }
}
