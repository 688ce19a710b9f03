package import FerryContract
import FerryCore
import FerryLinux

extension Machine {
    /// The machine as `Get-VM` shows it, with figures of this moment. Asks QEMU nothing, so it never waits.
    package var report: MachineReport {
        let now = state.read { $0 }
        let (condition, status) = Self.condition(
            of: now, guest: now.qemu?.guestStatus.state, complaint: now.qemu?.complaint)
        let document = now.document
        return MachineReport(
            name: document.name, id: id, computerName: environment.configuration.name, state: condition, status: status,
            activity: Self.activity(of: now, condition), cpuUsage: now.qemu?.processorPercent ?? 0,
            memoryAssigned: now.qemu == nil ? .zero : document.memory, memoryStartup: document.memory,
            processorCount: document.processorCount, uptimeSeconds: now.qemu?.uptime ?? 0, version: document.version,
            generation: document.generation, path: folder, creationTime: document.creationTime, notes: document.notes,
            disks: document.disks.map(Self.report), consolePath: paths.console)
    }

    private static func report(_ disk: MachineDocument.Disk) -> DiskReport {
        let file = try? FileIdentity.ifPresent(disk.path)
        let capacity = (try? ImageHeader.read(disk.path, format: disk.format))?.capacity ?? .zero
        return DiskReport(
            name: disk.name, path: disk.path, format: disk.format.rawValue, capacity: capacity,
            allocated: ByteCount(file?.allocated ?? 0))
    }

    /// Hyper-V's state and status text for what is known. Pure.
    static func condition(
        of state: State, guest: GuestStatus.State?, complaint: String?
    ) -> (MachineState, String) {
        let normal = "Operating normally"
        if let trouble = state.damage ?? state.hold {
            return switch guest {
            case _ where state.qemu == nil: (.offCritical, trouble.message)
            case .running, nil: (.runningCritical, trouble.message)
            case .prelaunch, .paused, .suspended, .postmigrate, .finishMigrate, .restoreVM, .saveVM, .colo, .debug,
                .inmigrate, .ioError, .internalError, .guestPanicked, .watchdog, .shutdown:
                (.pausedCritical, trouble.message)
            }
        }
        guard state.qemu != nil else {
            if state.planned != nil { return (.off, state.obstacle ?? "Planned virtual machine") }
            return state.work == .start ? (.starting, "Starting") : (.off, state.obstacle ?? normal)
        }
        if let complaint { return (.runningCritical, complaint) }
        if state.planned != nil { return (.off, state.obstacle ?? "Planned virtual machine") }
        let moving = state.work == .move
        let words = state.obstacle ?? (moving ? "Migrating" + (state.percent.map { " (\($0)%)" } ?? "") : normal)
        return switch guest {
        case .running: state.work == .stop ? (.stopping, "Shutting down") : (.running, words)
        case .prelaunch: state.work == .start ? (.starting, "Starting") : (.paused, words)
        case .paused, .suspended, .postmigrate, .finishMigrate, .restoreVM, .saveVM, .colo, .debug, .inmigrate:
            (.paused, words)
        case .ioError: (.pausedCritical, "Stopped by an error of the storage that holds its disks")
        case .internalError: (.pausedCritical, "Stopped by an internal error of QEMU")
        case .guestPanicked: (.pausedCritical, "The guest has crashed")
        case .watchdog: (.pausedCritical, "Stopped by the guest's watchdog")
        case .shutdown: (.stopping, "Shutting down")
        case nil: (.runningCritical, "QEMU is in a state that Ferry does not know")
        }
    }

    private static func activity(of state: State, _ condition: MachineState) -> MachineActivity {
        if state.planned != nil { return .migratingPlannedVirtualMachine }
        if state.work == .move { return .migratingVirtualMachine }
        switch condition {
        case .offCritical, .runningCritical, .pausedCritical: return .criticalState
        case .running, .off, .stopping, .paused, .starting: return .ok
        }
    }
}
