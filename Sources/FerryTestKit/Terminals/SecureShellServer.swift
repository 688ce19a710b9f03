import FerryCore
import FerryLinux

/// An sshd on loopback that lives as long as the object, with keys and a port of its own, whose subsystem is `ferry -sshs`.
///
/// More subsystems do what other sides must not: `chatty` writes text first, `silent` never answers, `echo` sends back what
/// comes, `future` speaks a version that does not exist.
package final class SecureShellServer: Sendable {
    package let folder: TemporaryDirectory
    package let port: UInt16
    private let process: ProcessHandle

    package init(_ ferry: FerryProgram) throws {
        folder = try TemporaryDirectory()
        for name in ["host", "user"] {
            _ = try Command("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.file(name)])
                .runSuccessfully()
        }
        let key = try Command("/bin/cat", [folder.file("user.pub")]).runSuccessfully().outputText
        _ = try folder.write("authorized_keys", key)
        _ = try folder.write(
            "future",
            "<Data Stream='Default' PSGuid='00000000-0000-0000-0000-000000000000'>\(Self.futureCapability)</Data>\n")
        port = try Self.freePort()
        let settings = ferry.environment.filter { $0.key.hasPrefix("FERRY_") || $0.key == "NO_COLOR" }
        _ = try folder.write(
            "sshd_config",
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder.file("host"))
            AuthorizedKeysFile \(folder.file("authorized_keys"))
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            Subsystem powershell \(ferry.path) -sshs -NoLogo -WorkingDirectory \(folder.path)
            Subsystem chatty /bin/echo hello
            Subsystem silent cat >/dev/null
            Subsystem echo cat
            Subsystem future cat \(folder.file("future")) -
            SetEnv \(settings.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " "))

            """)
        if try FileIdentity.ifPresent("/run/sshd") == nil {
            _ = try Command("/bin/mkdir", ["-p", "/run/sshd"]).runSuccessfully()
        }
        process = try Program("/usr/sbin/sshd", ["-D", "-e", "-f", folder.file("sshd_config")]).start()
        let deadline = Deadline.scaled(.seconds(20))
        while true {
            do {
                _ = try StreamSocket.connect(to: "127.0.0.1", port: port, until: deadline)
                break
            } catch {
                if deadline.hasPassed { throw error }
            }
        }
    }

    deinit { _ = try? process.kill() }

    /// A message that offers version 9.0 of the protocol, in one fragment.
    private static let futureCapability =
        "AAAAAAAAAAEAAAAAAAAAAAMAAADKAQAAAAIAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAO+7vzxPYmogUmVmSWQ9IjAiPjxNUz48"
        + "VmVyc2lvbiBOPSJwcm90b2NvbHZlcnNpb24iPjkuMDwvVmVyc2lvbj48VmVyc2lvbiBOPSJQU1ZlcnNpb24iPjIuMDwvVmVyc2lvbj48VmVyc2lv"
        + "biBOPSJTZXJpYWxpemF0aW9uVmVyc2lvbiI+MS4xLjAuMTwvVmVyc2lvbj48L01TPjwvT2JqPg=="

    /// A port nobody listens on at the moment.
    package static func freePort() throws -> UInt16 {
        let text = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
        let printed = try Command("/usr/bin/env", ["python3", "-c", text]).runSuccessfully().outputText
        return UInt16(printed.filter(\.isNumber)) ?? 0
    }

    package func client(_ options: [String], _ words: [String]) -> [String] {
        [
            "-F", "none", "-i", folder.file("user"), "-p", "\(port)", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
        ] + options + ["127.0.0.1"] + words
    }

    /// Words of ferry's own parameters that reach this server.
    package var parameters: String {
        "-Port \(port) -KeyFilePath \(folder.file("user")) -Options @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = "
            + "'/dev/null'; LogLevel = 'ERROR' }"
    }

    // MARK: Processes

    /// Sessions its subsystem serves at the moment.
    package var sessionCount: Int {
        Self.numbers.filter { Self.words(of: $0).hasSuffix("-sshs\0-NoLogo\0-WorkingDirectory\0\(folder.path)\0") }
            .count
    }

    /// The network goes away: what sshd started for its connections is killed, sshd itself listens on.
    package func dropConnections() throws {
        var found: Set<Int32> = [process.pid]
        // Children come after their parents often, not always.
        for _ in 0..<3 {
            for number in Self.numbers where Self.words(of: number).hasPrefix("sshd") {
                if let parent = Self.parent(of: number), found.contains(parent) { found.insert(number) }
            }
        }
        for number in found where number != process.pid { try ProcessHandle.of(number).kill() }
    }

    private static var numbers: [Int32] { ((try? Folder.names(in: "/proc")) ?? []).compactMap { Int32($0) } }

    private static func text(_ number: Int32, _ name: String) -> String {
        (try? DurableFile.read("/proc/\(number)/\(name)", limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
            ?? ""
    }

    private static func words(of number: Int32) -> String { text(number, "cmdline") }

    private static func parent(of number: Int32) -> Int32? {
        let text = text(number, "stat")
        // After the name, which may hold anything.
        return text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ").dropFirst(2).first
            .flatMap { Int32($0) }
    }
}
