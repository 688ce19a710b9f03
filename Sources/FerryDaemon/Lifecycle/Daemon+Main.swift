import FerryCore
import FerryHost
import Glibc
import Logging

extension Daemon {
    package static var version: String { HostRuntime.ferryVersion }

    /// The whole program: reads the configuration, runs, and says on stderr what kept it from doing so.
    ///
    /// - Parameters:
    ///   - path: of `--config`.
    ///   - options: the command line's other arguments.
    ///   - faultPlan: of `--fault-plan`.
    /// - Returns: the process's exit code, of sysexits where one fits: 0; 64 for the command line; 78 for the configuration; 1.
    package static func main(
        configuration path: String?, options: [String], faultPlan: String? = nil
    ) async -> Int32 {
        do throws(Failure) {
            var configuration = try DaemonConfiguration.load(path: path, options: options)
            if let faultPlan { try configuration.take(faultPlan: faultPlan, isTesting: isTesting) }
            let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
            LoggingSystem.bootstrap { _ in JournalLog(level: level) }
            try await Daemon(configuration, logger: Logger(label: "ferryd")).run()
            return 0
        } catch {
            let bytes = Array("ferryd: \(error)\n\(error.advice)\n".utf8)
            // SAFETY: writes the array's own bytes.
            _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress!, $0.count) }
            return exitCode(for: error)
        }
    }

    private static var isTesting: Bool {
        // SAFETY: the environment's text is read at once.
        guard let value = unsafe getenv("FERRY_TESTING") else { return false }
        return unsafe String(cString: value) == "1"
    }

    private static func exitCode(for failure: Failure) -> Int32 {
        switch failure.code {
        case DaemonFault.optionInvalid.code: 64
        case DaemonFault.configurationInvalid.code, DaemonFault.configurationUnreadable.code: 78
        default: 1
        }
    }
}
