import FerryCmdlets
import FerryEngine
import Testing

/// Hyper-V's parameters, set by set, as the Windows Server 2025 module reference lists them: a script written for Hyper-V binds.
/// Not here: -AsJob.
@Suite struct ParameterTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let command: String
        /// Sets by Hyper-V's names, the default one first; empty where the command has but one.
        let sets: [String]
        /// `Name Type set,set…`: without sets, in all of them.
        let parameters: [String]

        init(_ command: String, _ sets: [String], _ parameters: [String]...) {
            self.command = command
            self.sets = sets
            self.parameters = parameters.flatMap { $0 }
        }

        var testDescription: String { command }
    }

    private static let host = ["ComputerName", "CimSession"]
    private static let hostParameters = [
        "ComputerName String[] ComputerName", "Credential PSCredential[] ComputerName",
        "CimSession CimSession[] CimSession",
    ]
    private static let remote = ["ComputerName String[]", "Credential PSCredential[]", "CimSession CimSession[]"]
    private static let machine = ["Name", "VMObject"]
    private static let machineParameters = [
        "Name String[] Name", "VM VirtualMachine[] VMObject", "ComputerName String[] Name",
        "Credential PSCredential[] Name",
        "CimSession CimSession[] Name",
    ]
    private static let changes = ["WhatIf SwitchParameter", "Confirm SwitchParameter", "Passthru SwitchParameter"]
    private static let byHost =
        "NameSingleDestination,NameMultipleDestinations,VMSingleDestination,VMMultipleDestinations"
    private static let bySession =
        "NameSingleDestinationAndCimSession,NameMultipleDestinationsAndCimSession,VMSingleDestinationAndCimSession,VMMultipleDestinationsAndCimSession"
    private static let single =
        "NameSingleDestination,NameSingleDestinationAndCimSession,VMSingleDestinationAndCimSession,VMSingleDestination"
    private static let multiple =
        "NameMultipleDestinationsAndCimSession,NameMultipleDestinations,VMMultipleDestinations,VMMultipleDestinationsAndCimSession"

    static let rows: [Row] = [
        Row("Enable-VMMigration", host, hostParameters, changes),
        Row("Disable-VMMigration", host, hostParameters, changes),
        Row("Add-VMMigrationNetwork", [], ["Subnet String", "Priority UInt32"], remote, changes),
        Row("Get-VMMigrationNetwork", [], ["Subnet String[]", "Priority UInt32[]"], remote),
        Row(
            "Set-VMMigrationNetwork", host, ["Subnet String", "NewSubnet String", "NewPriority UInt32"], hostParameters,
            changes),
        Row("Remove-VMMigrationNetwork", [], ["Subnet String"], remote, changes),
        Row("Get-VMHost", host, hostParameters),
        Row(
            "Set-VMHost", host,
            [
                "EnableEnhancedSessionMode Boolean", "FibreChannelWwnn String", "FibreChannelWwpnMaximum String",
                "FibreChannelWwpnMinimum String", "MacAddressMaximum String", "MacAddressMinimum String",
                "MaximumStorageMigrations UInt32", "MaximumVirtualMachineMigrations UInt32",
                "NumaSpanningEnabled Boolean", "ResourceMeteringSaveInterval TimeSpan",
                "UseAnyNetworkForMigration Boolean", "VirtualHardDiskPath String", "VirtualMachinePath String",
                "VirtualMachineMigrationAuthenticationType MigrationAuthenticationType",
                "VirtualMachineMigrationPerformanceOption VMMigrationPerformance",
            ], hostParameters, changes),
        Row(
            "Move-VM",
            [
                "NameSingleDestination", "NameSingleDestinationAndCimSession", "NameMultipleDestinationsAndCimSession",
                "NameMultipleDestinations", "VMSingleDestinationAndCimSession", "VMSingleDestination",
                "VMMultipleDestinations", "VMMultipleDestinationsAndCimSession", "CompatibilityReport",
            ],
            [
                "DestinationHost String \(byHost)", "DestinationCredential PSCredential \(byHost)",
                "DestinationCimSession CimSession \(bySession)", "DestinationStoragePath String \(single)",
                "IncludeStorage SwitchParameter \(single)",
                "RemoveSourceUnmanagedVhds SwitchParameter \(single),\(multiple)",
                "ResourcePoolName String \(single),\(multiple)",
                "RetainVhdCopiesOnSource SwitchParameter \(single),\(multiple)",
                "SmartPagingFilePath String \(multiple)", "SnapshotFilePath String \(multiple)",
                "CheckpointFileLocation String \(multiple)", "SnapshotFileLocation String \(multiple)",
                "Vhds Hashtable[] \(multiple)", "VirtualMachinePath String \(multiple)",
                "CimSession CimSession[] NameSingleDestinationAndCimSession,NameMultipleDestinationsAndCimSession",
                "ComputerName String[] NameSingleDestination,NameMultipleDestinations",
                "Credential PSCredential[] NameSingleDestination,NameMultipleDestinations",
            ], changes),
        Row(
            "Get-VM", ["Name", "Id", "ClusterObject"],
            [
                "Name String[] Name", "VMName String[] Name", "Id Guid Id", "ClusterObject PSObject ClusterObject",
                "ComputerName String[] Name,Id", "Credential PSCredential[] Name,Id", "CimSession CimSession[] Name,Id",
            ]),
        Row(
            "New-VM", ["No VHD", "New VHD", "Existing VHD"],
            [
                "BootDevice BootDevice", "Experimental SwitchParameter", "Force SwitchParameter", "Generation Int16",
                "GuestStateIsolationType GuestIsolationType", "MemoryStartupBytes Int64", "Name String",
                "VMName String",
                "NewVHDPath String New VHD", "NewVHDSizeBytes UInt64 New VHD", "NoVHD SwitchParameter No VHD",
                "Path String", "Prerelease SwitchParameter", "SourceGuestStatePath String", "SwitchName String",
                "VHDPath String Existing VHD", "Version Version", "WhatIf SwitchParameter", "Confirm SwitchParameter",
            ], remote),
        Row("Remove-VM", machine, ["Force SwitchParameter", "VMName String[] Name"], machineParameters, changes),
        Row("Start-VM", machine, ["VMName String[] Name"], machineParameters, changes),
        Row(
            "Stop-VM", machine,
            [
                "Force SwitchParameter", "Save SwitchParameter", "TurnOff SwitchParameter", "VMName String[] Name",
            ], machineParameters, changes),
    ]

    private static func signature(of command: String) -> Signature? {
        HyperVCommands.module.commands.map { $0.signature }.first { $0.name == command }
    }

    @Test(arguments: rows) func `a command takes what Hyper-V's takes`(_ row: Row) throws {
        let signature = try #require(Self.signature(of: row.command))
        if let standard = row.sets.first { #expect(signature.defaultSet == standard) }
        for set in row.sets { #expect(signature.sets.contains(set), "\(row.command) has no parameter set \(set)") }
        for line in row.parameters {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard let spec = signature.parameter(named: words[0]) else {
                Issue.record("\(row.command) has no parameter -\(words[0])")
                continue
            }
            #expect(spec.type.name == words[1], "-\(words[0]) of \(row.command) is a \(spec.type.name)")
            let sets = words.count > 2 ? words[2].split(separator: ",").map(String.init) : []
            if sets.isEmpty {
                #expect(spec.isInAllSets, "-\(words[0]) of \(row.command) is not in every set")
            }
            for set in sets {
                #expect(spec.role(in: set) != nil, "-\(words[0]) of \(row.command) is not in the set \(set)")
            }
        }
    }

    @Test func `a command that Hyper-V does not have is Ferry's own`() {
        // Compare-VM checks moves; what it checks of imports comes with them.
        let known = Set(Self.rows.map(\.command)).union(["Compare-VM"])
        for command in HyperVCommands.module.commands where !known.contains(command.signature.name) {
            #expect(
                command.signature.typeName.hasPrefix("Ferry."),
                "\(command.signature.name) has Hyper-V's type name and no row in the table of its parameters")
        }
    }
}
