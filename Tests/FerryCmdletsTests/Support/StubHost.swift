import FerryContract
import FerryCore
import FerryEngine
import Synchronization

/// A host in memory: canned machines, networks and settings, and Hyper-V's answers to what commands ask of it.
final class StubHost: Sendable {
    struct State {
        var report: HostReport
        var machines: [MachineReport]
        var networks: [MigrationNetworkReport] = []
        var trusts: [TrustReport] = []
        var migrations: [MigrationReport] = []
        /// What is still to be told of each long operation, oldest first.
        var operations: [String: [OperationReport]] = [:]
    }

    let name: String
    /// What every request is answered with.
    private let refusal: Failure?
    let state: Mutex<State>

    init(_ name: String, machines: [MachineReport] = [], refusal: Failure? = nil) {
        self.name = name
        self.refusal = refusal
        let other = name == "NODE1" ? "NODE2" : "NODE1"
        let state = State(
            report: .canned(name), machines: machines,
            networks: [MigrationNetworkReport(subnet: "192.168.10.0/24", priority: nil, computerName: name)],
            trusts: [
                TrustReport(
                    name: other, address: "192.168.10.2", controlPort: 6601, dataPort: 6600,
                    fingerprint: String(repeating: "ab", count: 32), trustedSince: 1_700_000_000)
            ],
            migrations: [.canned("old01", at: name, from: other, to: name)])
        self.state = Mutex(state)
    }

    var isMigrationEnabled: Bool { state.withLock(\.report.migrationEnabled) }

    func operation(_ id: String, after generation: UInt64) throws(Failure) -> OperationReport {
        let reports = state.withLock { $0.operations[id] }
        guard let report = reports?.first(where: { $0.progress.generation > generation }) ?? reports?.last else {
            preconditionFailure("no operation \(id)")
        }
        return report
    }

    // MARK: - Answers

    func answer(_ request: any HostRequest, _ hosts: StubHosts) throws(Failure) -> any Sendable {
        if let refusal { throw refusal }
        switch request {
        case is GetHostRequest: return state.withLock(\.report)
        case is GetLeftoversRequest: return [LeftoverReport.canned(name)]
        case let request as SetHostRequest: return try set(request)
        case let request as GetMachinesRequest: return found(request)
        case let request as NewMachineRequest: return try make(request)
        case let request as StartMachineRequest: return try start(request)
        case let request as StopMachineRequest: return try stop(request)
        case let request as RemoveMachineRequest: return try remove(request)
        case let request as MoveMachineRequest: return try move(request, hosts)
        case let request as CompareMachineRequest: return try compare(request, hosts)
        case let request as GetMigrationsRequest:
            return state.withLock(\.migrations).filter {
                matches($0.machineName, request.machineNames) && matches($0.id, request.ids)
            }
        case let request as GetMigrationNetworksRequest:
            return state.withLock(\.networks).filter { network in
                matches(network.subnet, request.subnets)
                    && (request.priorities.isEmpty || network.priority.map(request.priorities.contains) ?? false)
            }
        case let request as AddMigrationNetworkRequest: return try add(request)
        case let request as SetMigrationNetworkRequest: return try change(request)
        case let request as RemoveMigrationNetworkRequest: return try remove(request)
        case let request as NewTrustTokenRequest:
            return TrustToken(
                token: "eyJtoken-valid-\(request.validitySeconds)", expires: 1_700_003_600,
                fingerprint: String(repeating: "cd", count: 32))
        case let request as AddTrustRequest: return try trust(request)
        case let request as GetTrustsRequest:
            return state.withLock(\.trusts).filter { matches($0.name, request.names) }
        case let request as RemoveTrustRequest: return try remove(request)
        case let request as StopMigrationRequest: return try stop(request)
        case let request as GetMigrationRecordsRequest: return try records(request)
        case let request as ResolveMigrationRequest: return try resolve(request)
        case let request as GetEventsRequest: return events(request)
        default: preconditionFailure("StubHost has no answer to \(type(of: request))")
        }
    }

    private func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.isEmpty || patterns.contains { WildcardPattern($0).matches(name) }
    }

    private func set(_ request: SetHostRequest) throws(Failure) -> HostReport {
        if let option = request.performanceOption, option == .smb {
            throw .settingNotAvailable(
                "The virtual machine migration performance option SMB is not available on this host '\(name)'.", name)
        }
        return state.withLock { state in
            if let value = request.migrationEnabled { state.report.migrationEnabled = value }
            if let value = request.authenticationType { state.report.authenticationType = value }
            if let value = request.performanceOption { state.report.performanceOption = value }
            if let value = request.encryptionEnabled { state.report.encryptionEnabled = value }
            if let value = request.maximumMigrations { state.report.maximumMigrations = Int(value) }
            if let value = request.maximumStorageMigrations { state.report.maximumStorageMigrations = Int(value) }
            if let value = request.useAnyNetwork { state.report.useAnyNetwork = value }
            if let value = request.virtualMachinePath { state.report.virtualMachinePath = value }
            if let value = request.virtualHardDiskPath { state.report.virtualHardDiskPath = value }
            if let value = request.migrationWitness { state.report.migrationWitness = value.isEmpty ? nil : value }
            return state.report
        }
    }

    private func found(_ request: GetMachinesRequest) -> GetMachinesResponse {
        let machines = state.withLock(\.machines)
        var missing: [FailureDocument] = []
        for name in request.names
        where !WildcardPattern.isPattern(name)
            && !machines.contains(where: { $0.name.lowercased() == name.lowercased() })
        {
            missing.append(FailureDocument(.machineNotFound("name", name)))
        }
        for id in request.ids where !machines.contains(where: { $0.id == id }) {
            missing.append(FailureDocument(.machineNotFound("id", id)))
        }
        return GetMachinesResponse(
            machines: machines.filter { matches($0.name, request.names) && matches($0.id, request.ids) },
            failures: missing)
    }

    private func machine(_ id: String) throws(Failure) -> MachineReport {
        guard let machine = state.withLock(\.machines).first(where: { $0.id == id }) else {
            throw .machineNotFound("id", id)
        }
        return machine
    }

    private func replace(_ machine: MachineReport) {
        state.withLock { state in
            state.machines.removeAll { $0.id == machine.id }
            state.machines.append(machine)
            state.machines.sort { $0.name < $1.name }
        }
    }

    private func make(_ request: NewMachineRequest) throws(Failure) -> MachineReport {
        if let version = request.version, !state.withLock(\.report.supportedVersions).contains(version) {
            throw .versionNotSupported(version, at: name)
        }
        var machine = MachineReport.canned(request.name, "d", at: name, state: .off)
        machine.memoryStartup = request.memoryStartup
        machine.processorCount = request.processorCount
        machine.generation = request.generation
        machine.version = request.version ?? "10.0"
        machine.notes = request.notes
        replace(machine)
        return machine
    }

    private func start(_ request: StartMachineRequest) throws(Failure) -> OperationReport {
        var machine = try machine(request.machine)
        let wasRunning = machine.state == .running
        if machine.name == "db01" && machine.memoryStartup > .mebibytes(4096) { throw .notEnoughMemory(machine) }
        machine.state = .running
        machine.memoryAssigned = machine.memoryStartup
        replace(machine)
        return finished(
            .startMachine, machine, warning: wasRunning ? "The virtual machine is already in the specified state." : nil
        )
    }

    private func stop(_ request: StopMachineRequest) throws(Failure) -> OperationReport {
        var machine = try machine(request.machine)
        if machine.activity == .migratingVirtualMachine {
            throw .invalidState(machine.name, "It is being moved.")
        }
        let wasOff = machine.state == .off
        machine.state = .off
        machine.memoryAssigned = .zero
        machine.uptimeSeconds = 0
        machine.cpuUsage = 0
        replace(machine)
        return finished(
            .stopMachine, machine, warning: wasOff ? "The virtual machine is already in the specified state." : nil)
    }

    private func remove(_ request: RemoveMachineRequest) throws(Failure) -> MachineReport {
        let machine = try machine(request.machine)
        guard machine.state == .off else { throw .invalidState(machine.name, "It is running.") }
        state.withLock { $0.machines.removeAll { $0.id == machine.id } }
        return machine
    }

    private func move(_ request: MoveMachineRequest, _ hosts: StubHosts) throws(Failure) -> OperationReport {
        var machine = try machine(request.machine)
        guard machine.state == .running else { throw .invalidState(machine.name, "It is off.") }
        guard machine.activity == .ok else { throw .invalidState(machine.name, "It is being moved.") }
        guard isMigrationEnabled else { throw .moveFailed(machine, at: name, cause: .migrationOff(at: "source", name)) }
        guard let target = hosts.host(request.destinationHost) else {
            throw .moveFailed(machine, at: name, cause: .hostUnknown(request.destinationHost, at: name))
        }
        guard target.isMigrationEnabled else {
            throw .moveFailed(machine, at: name, cause: .migrationOff(at: "destination", target.name))
        }
        state.withLock { $0.machines.removeAll { $0.id == machine.id } }
        machine.computerName = target.name
        target.replace(machine)
        let migration = MigrationReport.canned(machine.name, at: name, from: name, to: target.name)
        state.withLock { $0.migrations.insert(migration, at: 0) }
        return finished(
            .moveMachine, MoveMachineResult(migration: migration, machine: machine), of: machine.name,
            // One report: a newer one may replace it before anybody looks.
            after: [.step(1, "Moving virtual machine \(machine.name)", "Copying memory", percent: 10, round: 0)])
    }

    private func compare(_ request: CompareMachineRequest, _ hosts: StubHosts) throws(Failure) -> CompatibilityReport {
        let machine = try machine(request.machine)
        var report = CompatibilityReport(
            machine: machine, operation: request.includeStorage ? .moveWithStorage : .move,
            destination: request.destinationHost, destinationStoragePath: request.destinationStoragePath)
        report.memoryToCopy = machine.memoryAssigned
        func add(_ number: Int, _ failure: Failure) {
            report.incompatibilities.append(.init(messageID: number, failure: FailureDocument(failure)))
        }
        if machine.state != .running { add(66020, .invalidState(machine.name, "It is not running.")) }
        guard let target = hosts.host(request.destinationHost) else {
            add(20406, .hostUnknown(request.destinationHost, at: name))
            return report
        }
        if !target.isMigrationEnabled { add(66002, .migrationOff(at: "destination", target.name)) }
        report.path = request.destinationStoragePath ?? "/var/lib/ferry/vms"
        if request.includeStorage { report.diskFolder = request.destinationStoragePath ?? "/var/lib/ferry/disks" }
        report.availableMemory = .mebibytes(8192)
        return report
    }

    private func finished(_ operation: OperationID, _ machine: MachineReport, warning: String?) -> OperationReport {
        finished(operation, machine, of: machine.name, after: [], warning: warning)
    }

    /// A long operation that tells `steps` one by one, then ends with `result`.
    func finished(
        _ operation: OperationID, _ result: some Encodable, of target: String, after steps: [ProgressReport],
        warning: String? = nil
    ) -> OperationReport {
        let id = "00000000-0000-0000-0000-00000000000\(state.withLock(\.operations.count))"
        var reports = steps.map {
            OperationReport(id: id, operation: operation, target: target, state: .running, progress: $0)
        }
        var last = OperationReport(
            id: id, operation: operation, target: target, state: .completed,
            progress: .step(UInt64(steps.count) + 1, "", "", percent: 100))
        last.result = (try? ContractJSON.encode(result)).map { String(decoding: $0, as: UTF8.self) }
        last.warnings = warning.map { [$0] } ?? []
        reports.append(last)
        state.withLock { $0.operations[id] = reports }
        return reports[0]
    }

    // MARK: - Networks and trust

    private func add(_ request: AddMigrationNetworkRequest) throws(Failure) -> MigrationNetworkReport {
        if request.subnet == "nonsense" { throw .invalidSubnet(request.subnet) }
        if state.withLock(\.networks).contains(where: { $0.subnet == request.subnet }) {
            throw .networkExists(request.subnet)
        }
        let network = MigrationNetworkReport(subnet: request.subnet, priority: request.priority, computerName: name)
        state.withLock { $0.networks.append(network) }
        return network
    }

    private func change(_ request: SetMigrationNetworkRequest) throws(Failure) -> MigrationNetworkChange {
        let known = state.withLock(\.networks).filter { matches($0.subnet, [request.subnet]) }
        if known.isEmpty, request.newSubnet == nil, request.newPriority == nil {
            let network = MigrationNetworkReport(subnet: request.subnet, priority: nil, computerName: name)
            state.withLock { $0.networks.append(network) }
            return MigrationNetworkChange(
                networks: [network],
                warnings: [
                    "The migration network \(request.subnet) was not listed and has been added. Use Add-VMMigrationNetwork to add a network."
                ])
        }
        guard !known.isEmpty || WildcardPattern.isPattern(request.subnet) else {
            throw .networkNotFound(request.subnet)
        }
        return state.withLock { state in
            var changed: [MigrationNetworkReport] = []
            for index in state.networks.indices where known.contains(state.networks[index]) {
                if let subnet = request.newSubnet { state.networks[index].subnet = subnet }
                if let priority = request.newPriority { state.networks[index].priority = priority }
                changed.append(state.networks[index])
            }
            return MigrationNetworkChange(networks: changed, warnings: [])
        }
    }

    private func remove(_ request: RemoveMigrationNetworkRequest) throws(Failure) -> [MigrationNetworkReport] {
        let gone = state.withLock(\.networks).filter { matches($0.subnet, [request.subnet]) }
        guard !gone.isEmpty || WildcardPattern.isPattern(request.subnet) else { throw .networkNotFound(request.subnet) }
        state.withLock { $0.networks.removeAll { gone.contains($0) } }
        return gone
    }

    private func trust(_ request: AddTrustRequest) throws(Failure) -> TrustReport {
        guard request.token.hasPrefix("eyJ") else { throw .tokenMalformed }
        let trust = TrustReport(
            name: "NODE5", address: "192.168.10.5", controlPort: 6601, dataPort: 6600,
            fingerprint: String(repeating: "ef", count: 32), trustedSince: 1_700_000_000)
        state.withLock { $0.trusts.append(trust) }
        return trust
    }

    private func remove(_ request: RemoveTrustRequest) throws(Failure) -> TrustReport {
        let gone = state.withLock(\.trusts).first { $0.name.lowercased() == request.name.lowercased() }
        guard let gone else { throw .hostNotTrusted(request.name, at: name) }
        state.withLock { $0.trusts.removeAll { $0.name == gone.name } }
        return gone
    }
}
