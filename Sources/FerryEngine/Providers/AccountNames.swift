import Glibc

/// The names that the system has for the numbers of users and groups. Safe on every thread: `getpwuid` and `getgrgid` fill one
/// record for all, and the blocks of `ForEach-Object -Parallel` ask at the same time.
enum AccountNames {
    /// What a record and the texts of it may take; a group with very many members needs much.
    private static let limit = 1 << 20

    /// `nil` for a number without an account.
    static func user(_ id: uid_t) -> String? {
        read { buffer in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            // SAFETY: at most the buffer's own size is written; the name lies in it and is copied before it goes.
            let status = unsafe getpwuid_r(id, &entry, &buffer, buffer.count, &found)
            return unsafe (status, found == nil ? nil : entry.pw_name.map { unsafe String(cString: $0) })
        }
    }

    /// `nil` for a number without a group.
    static func group(_ id: gid_t) -> String? {
        read { buffer in
            var entry = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            // SAFETY: at most the buffer's own size is written; the name lies in it and is copied before it goes.
            let status = unsafe getgrgid_r(id, &entry, &buffer, buffer.count, &found)
            return unsafe (status, found == nil ? nil : entry.gr_name.map { unsafe String(cString: $0) })
        }
    }

    private static func read(_ ask: (inout [CChar]) -> (status: Int32, name: String?)) -> String? {
        var size = 1024
        while size <= limit {
            var buffer = [CChar](repeating: 0, count: size)
            let answer = ask(&buffer)
            if answer.status != ERANGE { return answer.name }
            size *= 4
        }
        return nil
    }
}
