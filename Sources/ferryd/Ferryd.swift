import ArgumentParser
import FerryDaemon

/// ferryd's command line. The options of the configuration's keys come from FerryDaemon's table.
@main
struct Ferryd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ferryd", abstract: "The host runtime of Ferry: owns this host's virtual machines and moves them.",
        usage: "ferryd [--config FILE] [--KEY VALUE ...]",
        discussion: "Every key of the configuration can be given here, too, and then wins:\n\n\(ConfigurationKey.help)",
        version: Daemon.version)

    @Option(help: "The configuration, a JSON file (\(DaemonConfiguration.standardPath) if it exists).")
    var config: String?

    @Option(help: "What is to go wrong, a JSON file. For tests: accepted only with FERRY_TESTING=1 in the environment.")
    var faultPlan: String?

    @Argument(parsing: .allUnrecognized, help: .hidden)
    var options: [String] = []

    func run() async throws {
        throw ExitCode(await Daemon.main(configuration: config, options: options, faultPlan: faultPlan))
    }
}
