package import FerryCore
import FerryLinux
import Glibc

/// The unprivileged user that QEMU runs as.
package enum GuestAccount {
    /// Finds the user, makes it (a system account without home and login) when it is missing.
    ///
    /// - Returns: nil when ferryd itself is unprivileged: QEMU then runs as ferryd's user.
    /// - Throws: `HostFault.accountMissing`.
    package static func ensure(_ name: String?) throws(Failure) -> QEMUCommandLine.User? {
        guard let name, geteuid() == 0 else { return nil }
        if let found = find(name) { return found }
        do throws(Failure) {
            let program = try Program.require("useradd", package: "passwd")
            _ = try Command(
                program,
                [
                    "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
                    "/usr/sbin/nologin", name,
                ]
            ).runSuccessfully()
        } catch {
            // Another ferryd on this computer may have been faster.
            if let found = find(name) { return found }
            throw Failure(
                HostFault.accountMissing, "The account \(name), which virtual machines run as, cannot be made.",
                target: name,
                cause: error)
        }
        guard let found = find(name) else {
            throw Failure(HostFault.accountMissing, "The account \(name) was made but is not found.", target: name)
        }
        return found
    }

    package static func find(_ name: String) -> QEMUCommandLine.User? {
        var entry = unsafe passwd()
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var result: UnsafeMutablePointer<passwd>?
        // SAFETY: the strings of the entry lie in `buffer`; only its numbers are read, while it lives.
        guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &result) == 0, unsafe result != nil else {
            return nil
        }
        return unsafe QEMUCommandLine.User(userID: entry.pw_uid, groupID: entry.pw_gid)
    }

    /// The name of a user, nil when the number has none.
    package static func name(userID: UInt32) -> String? {
        var entry = unsafe passwd()
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var result: UnsafeMutablePointer<passwd>?
        // SAFETY: as above; `pw_name` is copied while `buffer` lives.
        guard unsafe getpwuid_r(userID, &entry, &buffer, buffer.count, &result) == 0, unsafe result != nil,
            let name = unsafe entry.pw_name
        else { return nil }
        return unsafe String(cString: name)
    }

    /// The number of a group, nil when there is none of that name.
    package static func group(_ name: String) -> UInt32? {
        var entry = unsafe Glibc.group()
        var buffer = [CChar](repeating: 0, count: 64 << 10)
        var result: UnsafeMutablePointer<Glibc.group>?
        // SAFETY: as above.
        guard unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &result) == 0, unsafe result != nil else {
            return nil
        }
        return unsafe entry.gr_gid
    }

    /// Whether a user is in the group, by its primary or a supplementary one.
    package static func isMember(userID: UInt32, groupID: UInt32) -> Bool {
        var entry = unsafe passwd()
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        var result: UnsafeMutablePointer<passwd>?
        // SAFETY: as above; `pw_name` is read while `buffer` lives.
        guard unsafe getpwuid_r(userID, &entry, &buffer, buffer.count, &result) == 0, unsafe result != nil,
            let name = unsafe entry.pw_name
        else { return false }
        var count: Int32 = 1024
        var groups = [gid_t](repeating: 0, count: Int(count))
        let found = unsafe getgrouplist(name, entry.pw_gid, &groups, &count)
        return found >= 0 && groups.prefix(Int(count)).contains(groupID)
    }

    /// Whether `user` may read and write the file, as the file system says when that user asks: on network storage the server
    /// decides, and mode bits seen from here do not tell.
    ///
    /// - Parameter user: nil asks for ferryd's own user.
    /// - Returns: what stands in the way; nil when nothing does.
    package static func refusal(for user: QEMUCommandLine.User?, on path: String) throws(Failure) -> String? {
        guard let user else {
            // SAFETY: a zero-terminated copy that outlives the call.
            return unsafe access(path, R_OK | W_OK) == 0 ? nil : "ferryd's user may not read and write it."
        }
        if let folder = try obstacle(for: user, on: path) {
            return "\(folder) lets the user of virtual machines not pass."
        }
        let test = try Program.require("test", package: "coreutils")
        var command = Command(
            try Program.require("setpriv", package: "util-linux"),
            [
                "--reuid=\(user.userID)", "--regid=\(user.groupID)", "--clear-groups", "--no-new-privs",
                "--inh-caps=-all", "--", test, "-r", path, "-a", "-w", path,
            ])
        command.timeout = .seconds(30)
        guard try !command.run().status.isSuccess else { return nil }
        return "The user of virtual machines (number \(user.userID)) may not read and write it."
    }

    /// Whether `user` may pass through every folder above `path`, by the folders' mode bits.
    ///
    /// - Returns: the first folder that stops it.
    package static func obstacle(for user: QEMUCommandLine.User, on path: String) throws(Failure) -> String? {
        var folder = ""
        for component in path.split(separator: "/").dropLast() {
            folder += "/\(component)"
            let identity = try FileIdentity.of(folder)
            let bit: UInt32 = identity.owner == user.userID ? 0o100 : identity.group == user.groupID ? 0o010 : 0o001
            if identity.permissions & bit == 0 { return folder }
        }
        return nil
    }
}
