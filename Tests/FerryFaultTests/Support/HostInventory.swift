import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit

/// Everything of one host that a move could leave behind: processes, files, mounts, sockets. Names are relative to the host's
/// folder, so that two hosts in the same role compare equal.
struct HostInventory: Equatable {
    let lines: Set<String>

    /// What a host keeps of a move on purpose, what grows with time, and what belongs to the loop itself.
    private static let ignored = [
        "state/migrations/closed", "state/migrations/history.json", "state/migrations/epochs.json", "state/events",
        "ferryd-", "plan.json", "ferryd.json", "qemu-runs",
    ]

    init(_ host: FaultHost) throws { try self.init(folder: host.folder) }

    init(folder: String) throws {
        var lines: Set<String> = []
        for process in try HostProcess.all(of: folder) { lines.insert("process \(process.program)") }
        try Self.walk(folder, "", into: &lines)
        let mounts = String(decoding: try DurableFile.read("/proc/self/mounts", limit: 16 << 20), as: UTF8.self)
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[1].hasPrefix(folder) else { continue }
            lines.insert("mount \(fields[2]) \(fields[1].dropFirst(folder.count))")
        }
        let sockets = String(decoding: try DurableFile.read("/proc/net/unix", limit: 16 << 20), as: UTF8.self)
        for line in sockets.split(separator: "\n") {
            guard let path = line.split(separator: " ").last, path.hasPrefix(folder) else { continue }
            lines.insert("socket \(path.dropFirst(folder.count))")
        }
        self.lines = lines
    }

    private static func walk(_ root: String, _ path: String, into lines: inout Set<String>) throws(Failure) {
        for name in try Folder.names(in: "\(root)/\(path)") {
            let place = path.isEmpty ? name : "\(path)/\(name)"
            guard !ignored.contains(where: { place.hasPrefix($0) }), !name.hasSuffix(".log.1") else { continue }
            let isFolder = Folder.exists("\(root)/\(place)")
            lines.insert("\(isFolder ? "folder" : "file") \(place)")
            // Gone since: an inventory is taken again until it is what it should be.
            if isFolder { try? walk(root, place, into: &lines) }
        }
    }

    /// What is there and should not be, and the other way around.
    func differences(from expected: HostInventory) -> [String] {
        lines.subtracting(expected.lines).sorted().map { "left: \($0)" }
            + expected.lines.subtracting(lines).sorted().map { "missing: \($0)" }
    }
}

/// What a move makes inside a running QEMU. Asked of QEMU itself, while its ferryd is not there to hold the monitor.
struct MonitorInventory: Equatable, CustomStringConvertible {
    let exports: [String]
    let bitmaps: [String]
    let nodes: Set<String>
    let status: String

    init(exports: [String], bitmaps: [String], nodes: Set<String>, status: String) {
        (self.exports, self.bitmaps, self.nodes, self.status) = (exports, bitmaps, nodes, status)
    }

    init(controlSocket: String) throws {
        let client = try QMPClient.connect(path: controlSocket, owner: "the machine", deadline: .seconds(20))
        defer { client.close() }
        exports = (try client.execute("query-block-exports").elements ?? []).compactMap { $0["id"]?.text }
        let found = try client.execute("query-named-block-nodes", ["flat": true]).elements ?? []
        // QEMU numbers the nodes that have no name of their own.
        nodes = Set(found.compactMap { $0["node-name"]?.text }.filter { !$0.hasPrefix("#") })
        bitmaps = found.flatMap { $0["dirty-bitmaps"]?.elements ?? [] }.compactMap { $0["name"]?.text }
        status = try client.execute("query-status")["status"]?.text ?? ""
    }

    /// What only a move makes: a machine of the loop has the nodes of its one disk.
    var leftovers: [String] {
        var found: [String] = []
        if !exports.isEmpty { found.append("exports \(exports)") }
        if !bitmaps.isEmpty { found.append("bitmaps \(bitmaps)") }
        let foreign = nodes.filter { !$0.hasPrefix("disk0") }.sorted()
        if !foreign.isEmpty { found.append("nodes \(foreign)") }
        if status != "running" { found.append("its status is \(status)") }
        return found
    }

    var description: String { "exports \(exports), bitmaps \(bitmaps), nodes \(nodes.sorted()), \(status)" }
}
