import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import FerryTransfer

/// A real QEMU without a guest: one qcow2 disk under a raw top node, written to through QEMU itself, as a guest's
/// device would.
///
/// The model of the disk's contents is kept here, so that what arrives can be compared with what was written.
final class DiskHost {
    static let node = "disk0"

    let directory: TemporaryDirectory
    let client: QMPClient
    let process: ProcessHandle
    let monitor: QMPBlockMonitor
    let socket: String
    let imagePath: String
    private(set) var model: [UInt8]

    init(mebibytes: Int = 64) throws {
        directory = try TemporaryDirectory()
        imagePath = directory.file("source.qcow2")
        let tool = ImageTool(testConfiguration, owner: nil)
        try tool.create(imagePath, format: .qcow2, capacity: .mebibytes(mebibytes))
        let disk = JSONValue.object([
            "driver": "raw", "node-name": .string(Self.node), "discard": "unmap",
            "file": [
                "driver": "qcow2", "node-name": "disk0-format", "discard": "unmap",
                "file": [
                    "driver": "file", "node-name": "disk0-file", "filename": .string(imagePath), "discard": "unmap",
                ],
            ],
        ])
        var program = Program(
            try Program.require("qemu-system-x86_64", package: "qemu-system-x86"),
            [
                "-machine", "none", "-nodefaults", "-display", "none", "-no-user-config", "-blockdev", disk.serialized,
                "-qmp", "unix:\(directory.file("qmp")),server=on,wait=off",
            ])
        program.error = .appending(directory.file("log"))
        process = try program.start()
        client = try Self.connect(directory.file("qmp"), process)
        monitor = QMPBlockMonitor(client)
        socket = directory.file("nbd")
        try monitor.startBlockServer(socket: socket)
        model = [UInt8](repeating: 0, count: mebibytes << 20)
    }

    private static func connect(_ path: String, _ process: ProcessHandle) throws(Failure) -> QMPClient {
        let deadline = Deadline.scaled(.seconds(30))
        while true {
            do throws(Failure) {
                return try QMPClient.connect(path: path, owner: "disk host")
            } catch  where process.isAlive && !deadline.hasPassed && error.is(HostFault.qemuGone) {
                continue
            }
        }
    }

    deinit { _ = try? process.kill() }

    /// One write, discard or write of zeroes at a random place. Sizes and alignment are a guest's: sectors of 512
    /// bytes.
    func change(_ generator: inout SeededGenerator) throws {
        let length = [512, 4096, 8192, 65536, 200_704].randomElement(using: &generator)!
        let offset = Int.random(in: 0...(model.count - length) / 512, using: &generator) * 512
        switch Int.random(in: 0..<10, using: &generator) {
        case 0:
            try perform("discard \(offset) \(length)")
            // A discard may leave the bytes; what it did is read back, so that the model knows.
            model.replaceSubrange(offset..<offset + length, with: try bytes(at: offset, length))
        case 1:
            try perform("write -z \(offset) \(length)")
            model.replaceSubrange(offset..<offset + length, with: repeatElement(0, count: length))
        default:
            let pattern = UInt8.random(in: 1...255, using: &generator)
            try perform("write -P \(pattern) \(offset) \(length)")
            model.replaceSubrange(offset..<offset + length, with: repeatElement(pattern, count: length))
        }
    }

    private func perform(_ command: String) throws {
        let answer = try client.execute(
            "human-monitor-command", ["command-line": .string("qemu-io \(Self.node) \"\(command)\"")])
        let text = answer.text ?? ""
        guard !text.lowercased().contains("error"), !text.lowercased().contains("failed") else {
            throw Failure(StorageFault.blockTransferFailed, "The test's write failed: \(command): \(text)")
        }
    }

    private func bytes(at offset: Int, _ length: Int) throws -> [UInt8] {
        let name = "test-\(offset)-\(length)"
        try monitor.addExport(name, node: Self.node, bitmap: nil)
        defer { try? monitor.removeExport(name) }
        let connection = try NBDConnection(socket: socket, export: name)
        defer { connection.close() }
        return try read(offset: UInt64(offset), length) { offset, buffer throws(Failure) in
            try connection.read(at: offset, into: &buffer)
        }
    }

    func source(label: String = "test") throws -> NBDBlockSource {
        try NBDBlockSource(node: Self.node, label: label, socket: socket, monitor: monitor)
    }
}

/// Names the programs; no folder of it is used.
let testConfiguration = HostConfiguration(
    name: "TEST", stateFolder: "/nonexistent", runtimeFolder: "/nonexistent", memoryFolder: "/nonexistent",
    memorySize: .mebibytes(64))

/// A target image and the daemon that writes it.
final class DiskTarget {
    let path: String
    let daemon: StorageDaemon
    let sink: NBDBlockSink

    init(in directory: TemporaryDirectory, name: String = "target", capacity: ByteCount, format: DiskFormat = .qcow2)
        throws
    {
        path = directory.file("\(name).\(format.rawValue)")
        let tool = ImageTool(testConfiguration, owner: nil)
        try tool.create(path, format: format, capacity: capacity)
        let socket = directory.file("\(name).nbd")
        daemon = try StorageDaemon(
            images: [.init(name: "disk0", path: path, format: format)], socket: socket, user: nil,
            log: directory.file("\(name).log"), configuration: testConfiguration)
        sink = try NBDBlockSink(socket: socket, export: "disk0")
    }

    deinit { try? daemon.destroy() }

    /// Copies `extents` of `source` the way a lane does: runs, data in pieces, zeroes as zeroes.
    func copy(_ extents: ExtentSet, from source: NBDBlockSource) throws {
        for extent in extents.extents {
            for run in try source.runs(in: extent) {
                switch run.kind {
                case .hole: try sink.zero(run.extent, punching: true)
                case .zero: try sink.zero(run.extent, punching: false)
                case .data:
                    var position = run.extent.offset
                    while position < run.extent.end {
                        let length = Int(min(1 << 20, run.extent.end - position))
                        let bytes = try read(offset: position, length) { offset, buffer throws(Failure) in
                            try source.read(at: offset, into: &buffer)
                        }
                        // SAFETY: UInt8 has no padding.
                        try sink.write(unsafe bytes.span.bytes, at: position)
                        position += UInt64(length)
                    }
                }
            }
        }
    }

    /// Closes everything in order and returns the guest-visible bytes, read by another program.
    func finished() throws -> [UInt8] {
        try sink.flush()
        try sink.close()
        try daemon.release()
        let raw = path + ".raw"
        let tool = try Program.require("qemu-img", package: "qemu-utils")
        _ = try Command(tool, ["check", "-q", path]).run()
        _ = try Command(tool, ["convert", "-O", "raw", path, raw]).runSuccessfully()
        defer { try? DurableFile.remove(raw) }
        return try DurableFile.read(raw, limit: 1 << 30)
    }
}

private func read(
    offset: UInt64, _ length: Int, _ fill: (UInt64, inout MutableRawSpan) throws(Failure) -> Void
) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: length)
    var span = bytes.mutableSpan
    // SAFETY: UInt8 has no padding and every bit pattern is a value.
    var raw = unsafe span.mutableBytes
    try fill(offset, &raw)
    return bytes
}
