import FerryCore
import Glibc

/// A control group of a process's own, where the version 2 hierarchy lets us make one. Never a failure: without it the
/// process only shares our group.
package enum ControlGroup {
    /// Makes `name` below the group we are in. nil where that is not possible.
    static func make(_ name: String) -> String? {
        guard let root = mountPoint(), let own = ownGroup() else { return nil }
        let path = own == "/" ? "\(root)/\(name)" : "\(root)\(own)/\(name)"
        // SAFETY: a zero-terminated copy that outlives the call.
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { return nil }
        return path
    }

    static func holds(_ group: String, _ pid: Int32) -> Bool {
        guard let bytes = try? DurableFile.read("\(group)/cgroup.procs") else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { Int32($0) == pid }
    }

    /// Removes an empty group; one that is in use stays.
    package static func remove(_ group: String) {
        // SAFETY: a zero-terminated copy that outlives the call.
        _ = unsafe rmdir(group)
    }

    /// From /proc/self/mountinfo: `… - cgroup2 source options`, the mount point is the fifth field.
    private static func mountPoint() -> String? {
        guard let bytes = try? DurableFile.read("/proc/self/mountinfo") else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields[dash + 1] == "cgroup2",
                fields.count > 4
            else { continue }
            return String(fields[4])
        }
        return nil
    }

    /// From /proc/self/cgroup: version 2 is the line `0::/path`.
    private static func ownGroup() -> String? {
        guard let bytes = try? DurableFile.read("/proc/self/cgroup") else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("0::") {
            return String(line.dropFirst(3))
        }
        return nil
    }
}
