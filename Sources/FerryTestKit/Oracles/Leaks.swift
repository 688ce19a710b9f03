package import FerryCore
import FerryLinux
import Glibc

/// What a process still holds: open descriptors, threads, children, mappings.
///
/// A test process runs many tests at once, so a difference between two snapshots is only exact in a process of its own (an
/// exit test). `leftovers(mentioning:)` is exact anywhere.
package struct Leaks: Sendable {
    /// What each descriptor is open on, by number.
    package let descriptors: [Int32: String]
    /// Those with a name of their own.
    package let threads: Set<Int32>
    package let children: Set<Int32>

    /// Of this process, now.
    package static func snapshot() throws(Failure) -> Leaks {
        Leaks(descriptors: try descriptors(), threads: try threads(), children: try children())
    }

    /// Threads with a name of their own; the runtime's pools grow as they like and have the program's.
    private static func threads() throws(Failure) -> Set<Int32> {
        let own = text("/proc/self/comm")
        let all = try Folder.names(in: "/proc/self/task").compactMap { Int32($0) }
        return Set(all.filter { text("/proc/self/task/\($0)/comm") != own })
    }

    /// What is there now and was not there then, a line each. Waits for it to go, at most `grace`: threads end a moment after
    /// their work.
    package func additions(grace: Duration = .seconds(5)) throws(Failure) -> [String] {
        let deadline = Deadline.scaled(grace)
        while true {
            let now = try Leaks.snapshot()
            let lines =
                now.descriptors.filter { descriptors[$0.key] != $0.value }.map { "descriptor \($0.key): \($0.value)" }
                + now.threads.subtracting(threads).map { "thread \($0): \(Leaks.name(ofThread: $0))" }
                + now.children.subtracting(children).map { "child \($0): \(Leaks.commandLine($0))" }
            if lines.isEmpty || deadline.hasPassed { return lines.sorted() }
            Event().wait(until: .after(.milliseconds(5)))
        }
    }

    /// Descriptors and mappings of this process and command lines of any process that name `text` (a test's own folder).
    package static func leftovers(mentioning text: String, grace: Duration = .seconds(5)) throws(Failure) -> [String] {
        let deadline = Deadline.scaled(grace)
        while true {
            var lines = try descriptors().filter { $0.value.contains(text) }.map { "descriptor \($0.key): \($0.value)" }
            let maps = String(decoding: try DurableFile.read("/proc/self/maps", limit: 64 << 20), as: UTF8.self)
            lines += maps.split(separator: "\n").filter { $0.contains(text) }.map { "mapping: \($0)" }
            for name in try Folder.names(in: "/proc") {
                guard let pid = Int32(name), pid != getpid() else { continue }
                let command = commandLine(pid)
                if command.contains(text) { lines.append("process \(pid): \(command)") }
            }
            if lines.isEmpty || deadline.hasPassed { return lines.sorted() }
            Event().wait(until: .after(.milliseconds(5)))
        }
    }

    private static func descriptors() throws(Failure) -> [Int32: String] {
        var result: [Int32: String] = [:]
        for name in try Folder.names(in: "/proc/self/fd") {
            guard let number = Int32(name), let link = link("/proc/self/fd/\(name)") else { continue }
            // The listing's own descriptor.
            if link.hasSuffix("/fd"), link.hasPrefix("/proc/") { continue }
            result[number] = link
        }
        return result
    }

    private static func children() throws(Failure) -> Set<Int32> {
        var result: Set<Int32> = []
        for thread in try Folder.names(in: "/proc/self/task") {
            guard let bytes = try? DurableFile.read("/proc/self/task/\(thread)/children") else { continue }
            for field in String(decoding: bytes, as: UTF8.self).split(separator: " ") {
                if let pid = Int32(field) { result.insert(pid) }
            }
        }
        return result
    }

    private static func name(ofThread thread: Int32) -> String {
        text("/proc/self/task/\(thread)/comm").filter { !$0.isNewline }
    }

    private static func commandLine(_ pid: Int32) -> String {
        text("/proc/\(pid)/cmdline").replacing("\0", with: " ")
    }

    private static func text(_ path: String) -> String {
        (try? DurableFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func link(_ path: String) -> String? {
        var text = [CChar](repeating: 0, count: 4096)
        // SAFETY: the call writes at most `count` bytes.
        let count = unsafe readlink(path, &text, text.count)
        guard count > 0 else { return nil }
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
