import FerryContract
package import FerryEngine

/// The module `Hyper-V`: every command, one line each. Modules/Hyper-V/Hyper-V.psd1 exports the same list.
package enum HyperVCommands {
    package static let module = CommandModule(
        "Hyper-V", version: "2.0.0.0",
        description: "Machines of this host and of others, and moving them while they run.",
        aliases: ["gvm": "Get-VM", "savm": "Start-VM", "spvm": "Stop-VM"],
        types: [
            VirtualizationException.type, MachineReport.nounType.name, HostReport.nounType.name,
            MigrationNetworkReport.nounType.name, RuntimeType(enum: MachineState.enumType),
            RuntimeType(enum: MachineActivity.enumType), RuntimeType(enum: MigrationAuthenticationType.enumType),
            RuntimeType(enum: MigrationPerformanceOption.enumType),
        ],
        commands: [
            AddVMHostTrust.self,
            AddVMMigrationNetwork.self,
            CompareVM.self,
            DisableVMMigration.self,
            EnableVMMigration.self,
            GetVM.self,
            GetVMHost.self,
            GetVMHostTrust.self,
            GetVMMigration.self,
            GetVMMigrationNetwork.self,
            MoveVM.self,
            NewVM.self,
            NewVMHostTrustToken.self,
            RemoveVM.self,
            RemoveVMHostTrust.self,
            RemoveVMMigrationNetwork.self,
            ResolveVMMigration.self,
            SetVMHost.self,
            SetVMMigrationNetwork.self,
            StartVM.self,
            StopVM.self,
            StopVMMigration.self,
        ])
}
