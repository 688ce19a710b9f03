import FerryCore
package import FerryLinux

/// The built `ferry` with a home and a list of hosts of its own.
package struct FerryProgram: Sendable {
    package let home: TemporaryDirectory
    package let path: String

    package init() throws {
        home = try TemporaryDirectory()
        path = try BuiltProduct.path("ferry")
        _ = try home.write("hosts.json", #"{ "hosts": { "NODE1": { "socket": "/nonexistent/ferryd.sock" } } }"#)
    }

    package var environment: [String: String] {
        var environment = Program.plainEnvironment
        environment["HOME"] = home.path
        environment["FERRY_HOSTS"] = home.file("hosts.json")
        environment["FERRY_MODULES"] = Self.modules
        environment["TERM"] = "xterm"
        environment["NO_COLOR"] = "1"
        return environment
    }

    /// Modules/ of this checkout.
    package static var modules: String {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/Modules"
    }

    /// Runs it without a terminal.
    package func run(_ arguments: String..., input: String = "") throws -> CommandResult {
        var command = Command(path, arguments)
        command.program.environment = environment
        command.program.folder = home.path
        command.input = Array(input.utf8)
        return try command.run()
    }

    /// Runs it on a pseudo-terminal.
    package func onTerminal(_ arguments: String...) throws -> Expect {
        var program = Program(path, arguments, environment: environment)
        program.folder = home.path
        return try Expect(program, keeping: home)
    }
}
