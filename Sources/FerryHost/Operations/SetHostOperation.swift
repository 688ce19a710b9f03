import FerryContract
import FerryCore
import FerryLinux

struct SetHostOperation: HostOperation {
    func perform(_ request: SetHostRequest, _ call: HostCall) async throws(Failure) -> HostReport {
        try await BlockingWork.value("set-host") { () throws(Failure) in
            try Self.check(request, on: call.environment.configuration.name)
            for path in [request.virtualMachinePath, request.virtualHardDiskPath].compactMap({ $0 }) {
                try Folder.create(path, mode: 0o711, onlyWhenMissing: true)
            }
            let witness = try request.migrationWitness.map { (name) throws(Failure) in try Self.witness(name, call) }
            try call.environment.settings.update { (settings) throws(Failure) in
                if let value = request.migrationEnabled { settings.migrationEnabled = value }
                if let value = request.authenticationType { settings.authenticationType = value }
                if let value = request.performanceOption { settings.performanceOption = value }
                if let value = request.encryptionEnabled { settings.encryptionEnabled = value }
                if let value = request.maximumMigrations { settings.maximumMigrations = Int(value) }
                if let value = request.maximumStorageMigrations { settings.maximumStorageMigrations = Int(value) }
                if let value = request.useAnyNetwork { settings.useAnyNetwork = value }
                if let value = request.virtualMachinePath { settings.virtualMachinePath = value }
                if let value = request.virtualHardDiskPath { settings.virtualHardDiskPath = value }
                if let witness { settings.migrationWitness = witness }
            }
            try call.host.settingsChanged()
            return try call.host.report()
        }
    }

    /// As the trust list has it; nil for "".
    private static func witness(_ name: String, _ call: HostCall) throws(Failure) -> String? {
        let own = call.environment.configuration.name
        guard !name.isEmpty else { return nil }
        guard name.lowercased() != own.lowercased() else {
            throw HostFault.invalidArgument(
                "VirtualMachineMigrationWitness", "'\(name)' is this host; a witness is a third one.")
        }
        guard let found = try call.host.services.trust.trustedHost(named: name) else {
            throw Failure(
                MigrationFault.hostUntrusted,
                "The host '\(name)' cannot be the witness of migrations: it is not in the trust list of '\(own)'.",
                target: name,
                advice: "Run New-VMHostTrustToken on '\(name)' and Add-VMHostTrust -Token on '\(own)'.")
        }
        return found.name
    }

    private static func check(_ request: SetHostRequest, on host: String) throws(Failure) {
        switch request.performanceOption {
        case .tcpip, nil: break
        case .compression:
            throw notAvailable(
                "Compression", "VirtualMachineMigrationPerformanceOption Compression is not available on this host.",
                host)
        case .smb:
            throw notAvailable(
                "SMB", "VirtualMachineMigrationPerformanceOption SMB is not available on this host.", host)
        }
        for (parameter, value) in [
            ("MaximumVirtualMachineMigrations", request.maximumMigrations),
            ("MaximumStorageMigrations", request.maximumStorageMigrations),
        ] {
            guard let value, value > UInt32(Int32.max) else { continue }
            throw HostFault.invalidArgument(parameter, "\(value) is more than \(Int32.max).")
        }
        for (parameter, path) in [
            ("VirtualMachinePath", request.virtualMachinePath), ("VirtualHardDiskPath", request.virtualHardDiskPath),
        ] {
            if let path { try MachineDocument.validate(path: path, parameter: parameter) }
        }
    }

    private static func notAvailable(_ option: String, _ message: String, _ host: String) -> Failure {
        Failure(
            HostFault.settingNotAvailable, message, target: host,
            advice: "Use Set-VMHost -VirtualMachineMigrationPerformanceOption TCPIP.")
    }
}
