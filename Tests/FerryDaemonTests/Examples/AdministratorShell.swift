import FerryLinux
import FerryTestKit

/// The built `ferry` of an administrator: a home folder of its own, and a list of hosts.
struct AdministratorShell: Sendable {
    private let home: TemporaryDirectory
    private let environment: [String: String]

    private static let top = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

    /// - Parameters:
    ///   - hosts: the object that maps names to addresses, as JSON.
    ///   - computerName: the host that commands without a name mean; nil for none.
    init(hosts: String = "{}", computerName: String? = nil) throws {
        home = try TemporaryDirectory()
        var environment = Program.plainEnvironment
        environment["HOME"] = home.path
        environment["FERRY_HOSTS"] = try home.write("hosts.json", "{ \"hosts\": \(hosts) }")
        environment["FERRY_COMPUTERNAME"] = computerName
        environment["FERRY_MODULES"] = Self.top + "/Modules"
        environment["NO_COLOR"] = "1"
        self.environment = environment
    }

    func file(_ name: String) -> String { home.file(name) }

    /// Runs a script of `examples` as an administrator does.
    ///
    /// - Parameters:
    ///   - before: what is typed before it.
    ///   - then: a command that takes its output.
    func run(_ script: String, _ arguments: [String], before: String = "", then: String? = nil) throws -> CommandResult
    {
        let words = arguments.map { word in
            word.contains { " <>;|&".contains($0) } ? "'\(word)'" : word
        }
        let pipe = then.map { " | \($0)" } ?? ""
        return try run(
            line:
                "\(before)\n& '\(Self.top)/examples/\(script)' \(words.joined(separator: " "))\(pipe); exit $LASTEXITCODE"
        )
    }

    func run(line: String) throws -> CommandResult {
        var command = Command(try BuiltProduct.path("ferry"), ["-NoProfile", "-c", line])
        command.program.environment = environment
        command.program.folder = home.path
        command.timeout = .seconds(300)
        return try command.run()
    }
}
