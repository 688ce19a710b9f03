import FerryContract
import FerryCore

/// The numbers that a compatibility report gives its findings: Hyper-V's where it has one for the same thing, which scripts
/// compare with, else Ferry's own from 66000 on. A number never changes its meaning.
enum CompatibilityCatalog {
    /// "Failed at migration source": what has no number of its own.
    static let general = 21024

    private static let numbers: [String: Int] = [
        // Hyper-V's
        MigrationFault.limitReached.code: 21501,
        MigrationFault.authenticationUnavailable.code: 22038,
        MigrationFault.hostUntrusted.code: 22038,
        MigrationFault.hostUnknown.code: 20406,
        MigrationFault.hostUnreachable.code: 20406,
        // The hosts
        MigrationFault.sourceNotEnabled.code: 66001,
        MigrationFault.targetNotEnabled.code: 66002,
        MigrationFault.performanceUnavailable.code: 66003,
        MigrationFault.trackerUnavailable.code: 66004,
        MigrationFault.sameHost.code: 66005,
        MigrationFault.noCommonNetwork.code: 66006,
        MigrationFault.protocolMismatch.code: 66007,
        MigrationFault.encryptionMismatch.code: 66008,
        HostFault.qemuMissing.code: 66009,
        // The machine
        HostFault.invalidState.code: 66020,
        HostFault.documentDamaged.code: 66021,
        MigrationFault.versionUnsupported.code: 66022,
        MigrationFault.acceleratorUnsupported.code: 66023,
        MigrationFault.machineExists.code: 66024,
        MigrationFault.machineNameExists.code: 66025,
        MigrationFault.notEnoughMemory.code: 66026,
        MigrationFault.malformedDescription.code: 66027,
        // Its disks
        MigrationFault.storageNotShared.code: 66040,
        StorageFault.imageExists.code: 66041,
        StorageFault.imageInUse.code: 66042,
        StorageFault.notEnoughRoom.code: 66043,
        StorageFault.pathOutsideRoots.code: 66044,
        StorageFault.pathUnusable.code: 66045,
        StorageFault.unsupportedFormat.code: 66046,
    ]

    static func incompatibility(_ failure: Failure) -> CompatibilityReport.Incompatibility {
        .init(messageID: numbers[failure.code] ?? general, failure: FailureDocument(failure))
    }
}
