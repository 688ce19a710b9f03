import Glibc
import Synchronization

/// The process's environment and what it runs as.
package enum Environment {
    /// Runspaces on several threads read and write the one environment.
    private static let lock = Mutex(())

    package static func value(_ name: String) -> String? {
        // SAFETY: the pointer belongs to the environment; the text is copied at once.
        lock.withLock { _ in
            guard let text = unsafe getenv(name) else { return nil }
            return unsafe String(cString: text)
        }
    }

    /// Sets, or removes for `nil` and the empty string, as `$env:` does.
    package static func set(_ name: String, to value: String?) {
        lock.withLock { _ in
            _ = if let value, !value.isEmpty { unsafe setenv(name, value, 1) } else { unsafe unsetenv(name) }
        }
    }

    package static var all: [(name: String, value: String)] {
        lock.withLock { _ in entries }.sorted { $0.name < $1.name }
    }

    private static var entries: [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        // SAFETY: environ is a null-terminated array of C strings; entries are copied.
        var cursor = unsafe environ
        while let entry = unsafe cursor.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
            }
            unsafe cursor += 1
        }
        return result
    }

    /// The folder of the running program.
    package static var programFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        // SAFETY: the buffer's own size is passed; what was written is counted.
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return "/usr/bin" }
        return PathText.parent(
            String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    package static var isRoot: Bool { geteuid() == 0 }

    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: the buffer's own size is passed; the last byte stays zero.
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package static var userName: String {
        if let name = AccountNames.user(geteuid()) { return name }
        return value("USER") ?? String(geteuid())
    }
}
