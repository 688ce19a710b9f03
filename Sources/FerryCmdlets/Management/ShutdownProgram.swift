import FerryEngine
import Foundation

/// What Restart-Computer and Stop-Computer run.
enum ShutdownProgram {
    private static let path = "/sbin/shutdown"

    /// - Parameter action: as -WhatIf and -Confirm name it.
    static func run(_ arguments: [String], asking action: String, _ io: CommandIO) throws(Stop) {
        guard try io.confirms(action, "localhost (\(Environment.hostName))") else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        do { try process.run() } catch { throw failure("'\(path)' cannot be run: \(error.localizedDescription)", io) }
        while process.isRunning { try io.sleep(seconds: 0.02) }
        guard process.terminationStatus != 0 else { return }
        throw failure(
            "'\(path) \(arguments.joined(separator: " "))' ended with \(process.terminationStatus). It needs root, and a "
                + "system that can be shut down.", io)
    }

    private static func failure(_ text: String, _ io: CommandIO) -> Stop {
        io.failing(
            "CommandFailed", .operationStopped, text, target: .string("localhost"),
            exception: "System.InvalidOperationException")
    }
}
