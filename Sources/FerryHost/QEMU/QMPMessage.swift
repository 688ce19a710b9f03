package import FerryCore

/// Something QEMU said unasked.
package struct QMPEvent: Sendable, Hashable {
    /// "STOP", "SHUTDOWN", "MIGRATION", ….
    package var name: String
    package var data: JSONValue
    /// QEMU's clock, microseconds since 1970.
    package var timeMicroseconds: Int64

    package init(name: String, data: JSONValue, timeMicroseconds: Int64) {
        self.name = name
        self.data = data
        self.timeMicroseconds = timeMicroseconds
    }
}

/// One line from QEMU.
package enum QMPMessage: Sendable, Hashable {
    case greeting(QEMUVersion)
    case answer(id: Int64, JSONValue)
    /// `kind` is QMP's error class. Without an id QEMU could not read our line.
    case refusal(id: Int64?, kind: String, reason: String)
    case event(QMPEvent)

    /// - Throws: `HostFault.qemuProtocol` for anything that is none of the four.
    package init(line: [UInt8], owner: String) throws(Failure) {
        let value: JSONValue
        do throws(Failure) { value = try JSONParser.parse(line) } catch {
            throw Failure(
                HostFault.qemuProtocol, "QEMU of virtual machine \(owner) sent a line that is not JSON.", target: owner,
                cause: error)
        }
        let id = value["id"]?.integer
        if let name = value["event"]?.text {
            let time = value["timestamp"]
            let microseconds = (time?["seconds"]?.integer ?? 0).multipliedReportingOverflow(by: 1_000_000).partialValue
            self = .event(
                QMPEvent(
                    name: name, data: value["data"] ?? [:],
                    timeMicroseconds: microseconds.addingReportingOverflow(time?["microseconds"]?.integer ?? 0)
                        .partialValue))
        } else if let answer = value["return"], let id {
            self = .answer(id: id, answer)
        } else if let error = value["error"] {
            self = .refusal(
                id: id, kind: error["class"]?.text ?? "GenericError", reason: error["desc"]?.text ?? "no reason given")
        } else if let version = value["QMP"]?["version"]?["qemu"], let major = version["major"]?.integer,
            let minor = version["minor"]?.integer
        {
            self = .greeting(
                QEMUVersion(Int(clamping: major), Int(clamping: minor), Int(clamping: version["micro"]?.integer ?? 0)))
        } else {
            throw Failure(
                HostFault.qemuProtocol,
                "QEMU of virtual machine \(owner) sent a message that is neither answer nor event.", target: owner)
        }
    }
}

/// Cuts what arrives into lines. A line that passes the limit is refused: QEMU never writes one, so it is no QEMU.
package struct QMPLineReader {
    package static let lineLimit = 16 << 20
    private var rest: [UInt8] = []
    /// Bytes of `rest` known to hold no line end.
    private var searched = 0

    package init() {}

    /// Adds bytes and returns the lines that are complete, without their ends.
    package mutating func append(_ bytes: some Sequence<UInt8>, owner: String) throws(Failure) -> [[UInt8]] {
        rest.append(contentsOf: bytes)
        var lines: [[UInt8]] = []
        var start = 0
        while let end = rest[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[start..<end]
            if line.contains(where: { $0 > 0x20 }) { lines.append(Array(line)) }
            start = end + 1
            searched = start
        }
        rest.removeFirst(start)
        searched = rest.count
        guard rest.count <= Self.lineLimit else {
            throw Failure(
                HostFault.qemuProtocol,
                "QEMU of virtual machine \(owner) sent a line of more than \(ByteCount(UInt64(Self.lineLimit))).",
                target: owner)
        }
        return lines
    }
}
