import FerryContract
import FerryCore
import FerryEngine

/// Whether the data connections of moves are encrypted.
enum MigrationEncryption: String, ScriptEnum {
    case on = "On"
    case off = "Off"

    static let enumType = makeEnumType("Ferry.MigrationEncryption")
}

/// Changes a host's settings; only the named ones change.
struct SetVMHost: Cmdlet {
    static let authentication = Parameter<MigrationAuthenticationType>("VirtualMachineMigrationAuthenticationType")
    static let performance = Parameter<MigrationPerformanceOption>("VirtualMachineMigrationPerformanceOption")
    static let encryption = Parameter<MigrationEncryption>("VirtualMachineMigrationEncryption")
    static let migrations = Parameter<UInt32>("MaximumVirtualMachineMigrations")
    static let storageMigrations = Parameter<UInt32>("MaximumStorageMigrations")
    static let anyNetwork = Parameter<Bool>("UseAnyNetworkForMigration")
    static let machinePath = Parameter<String?>("VirtualMachinePath", validate: [.notNullOrEmpty])
    static let diskPath = Parameter<String?>("VirtualHardDiskPath", validate: [.notNullOrEmpty])
    static let witness = Parameter<String?>("VirtualMachineMigrationWitness")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Set-VMHost", typeName: "Microsoft.HyperV.PowerShell.Commands.SetVMHost", shouldProcess: .medium,
        defaultSet: "ComputerName", outputs: [HostReport.nounType.name],
        parameters: [
            authentication, performance, encryption, migrations, storageMigrations, anyNetwork, machinePath, diskPath,
            witness, passthru, UnavailableParameters.enhancedSession, UnavailableParameters.numaSpanning,
            UnavailableParameters.meteringInterval, UnavailableParameters.macMinimum, UnavailableParameters.macMaximum,
            UnavailableParameters.fibreWwnn, UnavailableParameters.fibreMinimum, UnavailableParameters.fibreMaximum,
        ], sets: MachineSelection.hostSets())

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var request = SetHostRequest()
        if call.isBound(Self.authentication) { request.authenticationType = call[Self.authentication] }
        if call.isBound(Self.performance) { request.performanceOption = call[Self.performance] }
        if call.isBound(Self.encryption) { request.encryptionEnabled = call[Self.encryption] == .on }
        if call.isBound(Self.migrations) { request.maximumMigrations = call[Self.migrations] }
        if call.isBound(Self.storageMigrations) { request.maximumStorageMigrations = call[Self.storageMigrations] }
        if call.isBound(Self.anyNetwork) { request.useAnyNetwork = call[Self.anyNetwork] }
        request.virtualMachinePath = call[Self.machinePath]
        request.virtualHardDiskPath = call[Self.diskPath]
        if call.isBound(Self.witness) { request.migrationWitness = call[Self.witness] ?? "" }
        for host in try io.connections(to: call[MachineSelection.computer]) {
            let sentence = "Set-VMHost will change the settings of the host \"\(host.hostName)\"."
            guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else { continue }
            if let report = try io.send(request, to: host, target: .string(host.hostName)), call[Self.passthru] {
                try io.emit(report)
            }
        }
    }
}
