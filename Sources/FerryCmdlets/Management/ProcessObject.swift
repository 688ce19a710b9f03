import FerryEngine
import Foundation
import Glibc

/// A process as scripts see it: `System.Diagnostics.Process`. Read from `/proc` when a property is asked for.
final class ProcessObject: WaitableProcess {
    let id: Int32
    private let name: String
    /// The process, when this session started it: then its exit code is known.
    private let started: Process?

    init(_ id: Int32, name: String, started: Process? = nil) {
        self.id = id
        self.name = name
        self.started = started
    }

    /// nil when there is no such process.
    convenience init?(_ id: Int32) {
        guard let name = Self.name(of: id) else { return nil }
        self.init(id, name: name)
    }

    // MARK: /proc

    /// Every process there is, by id.
    static var all: [ProcessObject] {
        (FileItem.contents(of: "/proc") ?? []).compactMap { Int32($0) }.sorted().compactMap { ProcessObject($0) }
    }

    private static func read(_ id: Int32, _ file: String) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(id)/\(file)") else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// The program's own file name where the kernel cut it, else the kernel's name.
    private static func name(of id: Int32) -> String? {
        guard let line = read(id, "comm") else { return nil }
        let short = line.trimmingCharacters(in: .whitespacesAndNewlines)
        guard short.utf8.count >= 15, let program = read(id, "cmdline")?.split(separator: "\0").first,
            let leaf = program.split(separator: "/").last, leaf.hasPrefix(short)
        else { return short }
        return String(leaf)
    }

    /// Fields of `/proc/id/stat` after the name, the state first; the name may hold spaces and parentheses.
    private var fields: [Substring] {
        guard let text = Self.read(id, "stat"), let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private func field(_ index: Int) -> Int64 {
        let all = fields
        return index < all.count ? Int64(all[index]) ?? 0 : 0
    }

    var isRunning: Bool {
        if let started { return started.isRunning }
        return !fields.isEmpty && fields[0] != "Z"
    }

    private static let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    private static let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))

    private var processorSeconds: Double { Double(field(11) + field(12)) / Self.ticksPerSecond }

    private var startTime: DateTime? {
        let ticks = field(19)
        guard ticks > 0, let uptime = FileManager.default.contents(atPath: "/proc/uptime"),
            let seconds = Double(String(decoding: uptime, as: UTF8.self).split(separator: " ").first ?? "")
        else { return nil }
        let boot = Date().timeIntervalSince1970 - seconds
        return DateTime(unixSeconds: boot + Double(ticks) / Self.ticksPerSecond).local
    }

    // MARK: What scripts see

    private static let type = RuntimeType(
        "System.Diagnostics.Process", bases: ["System.ComponentModel.Component", "System.MarshalByRefObject"])
    var typeName: RuntimeType { Self.type }
    var text: String { "System.Diagnostics.Process (\(name))" }
    func isEqual(to other: any HostedBody) -> Bool { (other as? ProcessObject)?.id == id }

    var processName: String { name }

    /// Whose it is; nil when it has gone.
    var userName: String? { FileItem("/proc/\(id)").map(\.user) }

    var propertyNames: [String] {
        [
            "Name", "SI", "Handles", "VM", "WS", "PM", "NPM", "Path", "CommandLine", "CPU", "Id", "ProcessName",
            "SessionId",
            "StartTime", "TotalProcessorTime", "HasExited", "ExitCode", "WorkingSet64", "VirtualMemorySize64",
            "PrivateMemorySize64", "Parent", "Threads", "Modules", "MainModule",
        ]
    }

    func property(_ wanted: String) throws(Stop) -> Value? {
        switch wanted.folded {
        case "name", "processname": .string(name)
        case "id": .count(Int(id))
        case "si", "sessionid": .count(Int(clamping: field(3)))
        case "handles", "handlecount": .count((FileItem.contents(of: "/proc/\(id)/fd") ?? []).count)
        case "vm", "virtualmemorysize64": .long(field(20))
        case "ws", "workingset64": .long(field(21) * Self.pageSize)
        case "pm", "privatememorysize64": .long(privateMemory)
        case "npm": .long(0)
        case "cpu": .double(processorSeconds)
        case "totalprocessortime": .span(TimeSpan(seconds: processorSeconds))
        case "path":
            .optional(try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe"))
        case "commandline":
            .optional(
                Self.read(id, "cmdline").map { $0.split(separator: "\0").joined(separator: " ") }.flatMap {
                    $0.isEmpty ? nil : $0
                })
        case "starttime": startTime.map { .date($0) } ?? .null
        case "hasexited": .bool(!isRunning)
        case "exitcode":
            started.flatMap { $0.isRunning ? nil : .count(Int($0.terminationStatus)) } ?? .null
        case "threads":
            .array(
                ArrayObject(
                    (FileItem.contents(of: "/proc/\(id)/task") ?? []).compactMap { Int($0) }.map { thread -> Value in
                        .object(CustomObject([("Id", .count(thread))], type: Self.threadType))
                    }))
        case "modules": .array(ArrayObject(modules))
        case "mainmodule": modules.first ?? .null
        case "parent": ProcessObject(Int32(clamping: field(1)))?.value ?? .null
        default: nil
        }
    }

    private static let threadType = RuntimeType("System.Diagnostics.ProcessThread")
    private static let moduleType = RuntimeType("System.Diagnostics.ProcessModule")

    /// The files whose code is in the process, the program first.
    var modules: [Value] {
        var seen: Set<Substring> = []
        var found: [Value] = []
        for line in (Self.read(id, "maps") ?? "").split(separator: "\n") {
            guard let start = line.firstIndex(of: "/"), seen.insert(line[start...]).inserted else { continue }
            let path = String(line[start...])
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            found.append(
                .object(
                    CustomObject(
                        [
                            ("ModuleName", .string(name)), ("FileName", .string(path)),
                            ("Size", .long(FileItem(path).map { $0.size } ?? 0)),
                        ], type: Self.moduleType)))
        }
        return found
    }

    private var privateMemory: Int64 {
        for line in (Self.read(id, "status") ?? "").split(separator: "\n") where line.hasPrefix("VmData:") {
            return (Int64(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) ?? 0) * 1024
        }
        return 0
    }

    func wait(milliseconds: Int64?, _ interrupt: Interrupt) throws(Stop) -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        while isRunning {
            try interrupt.check()
            if let milliseconds, clock.now - start >= .milliseconds(milliseconds) { return false }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return true
    }

    func kill() throws(Stop) {
        guard Glibc.kill(id, SIGKILL) != 0, errno != ESRCH else { return }
        throw .error(
            ErrorRecord(
                ExceptionObject("System.ComponentModel.Win32Exception", FileFailure.reason(errno)),
                errorID: "Win32Exception", category: .permissionDenied, target: value))
    }

    /// Waits until the process has gone, or the deadline has passed; false then.
    func wait(until deadline: Date?, _ io: CommandIO) throws(Stop) -> Bool {
        while isRunning {
            if let deadline, Date() >= deadline { return false }
            try io.sleep(seconds: 0.02)
        }
        return true
    }
}
