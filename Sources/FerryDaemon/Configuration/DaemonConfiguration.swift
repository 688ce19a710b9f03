package import FerryCore
package import FerryHost
import FoundationEssentials
import Glibc

/// How one ferryd is set up: the host's configuration and what only the daemon needs.
///
/// Defaults, then the file, then the command line; later ones win.
package struct DaemonConfiguration: Sendable {
    package static let standardPath = "/etc/ferry/ferryd.json"

    package var host: HostConfiguration
    package var socket: String
    /// A level of swift-log.
    package var logLevel: String
    /// The file it was read from; nil when there was none and none was asked for.
    package var source: String?
    /// What a test wants to go wrong. nil outside of tests.
    package var faultPlan: PhaseFaultPlan?

    /// - Parameters:
    ///   - path: the file of `--config`; nil reads the standard one if it exists.
    ///   - options: the command line's other arguments, `--key value` or `--key=value`.
    /// - Throws: `DaemonFault`, with every problem of file and command line in one message.
    package static func load(path: String?, options: [String]) throws(Failure) -> DaemonConfiguration {
        let file = path ?? (FileManager.default.fileExists(atPath: standardPath) ? standardPath : nil)
        var values = ConfigurationValues()
        if let file { try read(file, into: &values) }
        let inFile = values.problems.count
        try parse(options, into: &values)
        guard values.problems.isEmpty else {
            let count = values.problems.count
            let place = inFile == 0 ? "the command line" : file ?? ""
            throw Failure(
                inFile == 0 ? DaemonFault.optionInvalid : .configurationInvalid,
                "ferryd cannot start: \(count == 1 ? "one problem" : "\(count) problems") in \(place):\n"
                    + values.problems.map { "  \($0)" }.joined(separator: "\n"),
                target: file)
        }
        return try DaemonConfiguration(values, source: file)
    }

    private static func read(_ path: String, into values: inout ConfigurationValues) throws(Failure) {
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure(
                DaemonFault.configurationUnreadable,
                "ferryd cannot start: the configuration '\(path)' cannot be read.", target: path)
        }
        guard data.count <= 1 << 20 else {
            throw Failure(
                DaemonFault.configurationInvalid, "ferryd cannot start: '\(path)' is too large to be a configuration.",
                target: path)
        }
        let document: JSONValue
        do throws(Failure) { document = try JSONParser.parse([UInt8](data)) } catch {
            throw Failure(
                DaemonFault.configurationInvalid, "ferryd cannot start: '\(path)' is not JSON. \(error.message)",
                target: path, cause: error)
        }
        guard let members = document.members else {
            throw Failure(
                DaemonFault.configurationInvalid, "ferryd cannot start: '\(path)' is not a JSON object.", target: path)
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if let key = ConfigurationKey(rawValue: name) {
                values.take(value, for: key)
            } else {
                let near = ConfigurationKey.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
                values.report(
                    "\(JSONValue.string(name).serialized): unknown key"
                        + (near.map { "; it is written \($0.rawValue)" } ?? ""))
            }
        }
    }

    private static func parse(_ options: [String], into values: inout ConfigurationValues) throws(Failure) {
        var rest = options[...]
        var seen: Set<ConfigurationKey> = []
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = ConfigurationKey.allCases.first(where: { $0.option == parts[0] }) else {
                values.report("\(argument): unknown option")
                // A value that follows it belongs to it.
                if parts.count == 1, let next = rest.first, !next.hasPrefix("--") { rest.removeFirst() }
                continue
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                values.report("\(key.option): a value is missing")
                continue
            }
            if seen.insert(key).inserted { values.forgetList(key) }
            values.take(option: value, for: key)
        }
    }

    private init(_ values: ConfigurationValues, source: String?) throws(Failure) {
        let state = values.texts[.stateFolder] ?? "/var/lib/ferry"
        let runtime = values.texts[.runtimeFolder] ?? "/run/ferry"
        var host = HostConfiguration(
            name: values.texts[.name] ?? Self.computerName, stateFolder: state, runtimeFolder: runtime,
            memoryFolder: values.texts[.memoryFolder] ?? "\(runtime)/memory",
            memorySize: ByteCount(values.numbers[.memorySize] ?? Self.memoryShare))
        host.listenAddress = values.texts[.listenAddress] ?? host.listenAddress
        host.controlPort = values.numbers[.controlPort].map { UInt16($0) } ?? host.controlPort
        host.dataPort = values.numbers[.dataPort].map { UInt16($0) } ?? host.dataPort
        host.preallocateMemory = values.flags[.preallocateMemory] ?? host.preallocateMemory
        host.storageRoots = values.lists[.storageRoots] ?? []
        host.virtualMachinePath = values.texts[.virtualMachinePath]
        host.virtualHardDiskPath = values.texts[.virtualHardDiskPath]
        host.accelerator = values.texts[.accelerator].flatMap { AcceleratorChoice(rawValue: $0) } ?? host.accelerator
        host.qemuBinary = values.texts[.qemuBinary] ?? host.qemuBinary
        host.imageTool = values.texts[.imageTool] ?? host.imageTool
        host.storageDaemon = values.texts[.storageDaemon] ?? host.storageDaemon
        host.qemuRoot = values.texts[.qemuRoot]
        host.firmwareCode = values.texts[.firmwareCode] ?? host.firmwareCode
        host.firmwareVariables = values.texts[.firmwareVariables] ?? host.firmwareVariables
        host.guestUser = values.cleared.contains(.guestUser) ? nil : values.texts[.guestUser] ?? host.guestUser
        host.administratorGroup = values.texts[.administratorGroup] ?? host.administratorGroup
        host.preloadLibrary =
            values.cleared.contains(.preloadLibrary) ? nil : values.texts[.preloadLibrary] ?? Self.installedLibrary
        self.host = host
        socket = values.texts[.socket] ?? "\(runtime)/ferryd.sock"
        logLevel = values.texts[.logLevel] ?? "info"
        self.source = source

        // Limits of the kernel that are better told now than at the first machine.
        guard socket.utf8.count < 108 else {
            throw Failure(
                DaemonFault.configurationInvalid,
                "ferryd cannot start: socket: '\(socket)' is longer than the 107 bytes a socket's path may have.")
        }
        guard host.controlPort != host.dataPort else {
            throw Failure(
                DaemonFault.configurationInvalid,
                "ferryd cannot start: controlPort and dataPort: both are \(host.dataPort).")
        }
    }

    /// The first label of this computer's name.
    private static var computerName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: at most `count` bytes are written; the last one stays zero.
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return String(name.prefix { $0 != "." })
    }

    private static var memoryShare: UInt64 {
        UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))) / 5 * 4
    }

    private static var installedLibrary: String? {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? ""
        return ["\(folder)/libFerryGuestMemory.so", "/usr/lib/ferry/libFerryGuestMemory.so"].first {
            FileManager.default.fileExists(atPath: $0)
        }
    }
}
