import FerryContract
import FerryCore
package import FerryEngine
import Foundation
import Synchronization

/// Names of what hosts have at this moment, offered while a command is typed: machines, moves, networks, and the hosts themselves.
///
/// A host that does not answer within the limit is left out: its answer, if it comes, is there for the next key. Answers are good for
/// a few seconds.
package final class LiveNames: CompletionSource {
    private let directory: any HostDirectory
    private let limit: Duration
    private let lifetime: Duration
    private let memory = Mutex(Memory())

    private struct Memory {
        /// By host and kind.
        var answers: [Key: (names: [Name], at: ContinuousClock.Instant)] = [:]
        var asked: Set<Key> = []
    }

    private enum Kind: Hashable { case machines, machineIDs, migrations, migrationIDs, networks, trusts }

    private struct Key: Hashable {
        var host: String
        var kind: Kind
    }

    private struct Name: Sendable {
        var text: String
        var tip: String
    }

    package init(
        _ directory: any HostDirectory, limit: Duration = .milliseconds(300), lifetime: Duration = .seconds(3)
    ) {
        self.directory = directory
        self.limit = limit
        self.lifetime = lifetime
    }

    private static let commands = Set(HyperVCommands.module.commands.map { $0.signature.name })

    package func values(command: String, parameter: String, word: String, bound: [String: [String]])
        -> [CompletionResult]?
    {
        if parameter == "ComputerName", Self.commands.contains(command) || command == "Get-WinEvent" {
            return results(directory.names.map { Name(text: $0, tip: "host \($0)") }, word)
        }
        guard Self.commands.contains(command), let kinds = Self.kinds(command, parameter) else { return nil }
        var names = kinds.contains(.trusts) ? directory.names.map { Name(text: $0, tip: "host \($0)") } : []
        let hosts = bound["computername"] ?? [""]
        names += answers(kinds.flatMap { kind in hosts.map { Key(host: $0, kind: kind) } })
        return results(names, word)
    }

    /// What a parameter names; nil for parameters that name nothing a host has, such as a new machine's name.
    private static func kinds(_ command: String, _ parameter: String) -> [Kind]? {
        switch parameter {
        case "VMName": command.hasSuffix("VMMigration") ? [.migrations] : [.machines]
        case "Name":
            switch command {
            case "New-VM": nil
            case "Get-VMMigration": [.migrations]
            default: [.machines]
            }
        case "VM": [.machines]
        case "Id": command.hasSuffix("VMMigration") ? [.migrationIDs] : [.machineIDs]
        case "Subnet": command.hasPrefix("Add-") ? nil : [.networks]
        case "DestinationHost": [.trusts]
        default: nil
        }
    }

    private func results(_ names: [Name], _ word: String) -> [CompletionResult] {
        let pattern = WildcardPattern(word + "*")
        var seen: Set<String> = []
        return names.filter { pattern.matches($0.text) && seen.insert($0.text.lowercased()).inserted }
            .sorted { $0.text.lowercased() < $1.text.lowercased() }
            .map { CompletionResult($0.text, .parameterValue, toolTip: $0.tip) }
    }

    // MARK: Asking

    private func answers(_ keys: [Key]) -> [Name] {
        let now = ContinuousClock.now
        let wake = DispatchSemaphore(value: 0)
        var waiting = 0
        for key in keys {
            let isKnown = memory.withLock { memory in
                if let answer = memory.answers[key], now - answer.at < lifetime { return true }
                return !memory.asked.insert(key).inserted
            }
            if isKnown { continue }
            guard let host = try? directory.connection(to: key.host) else {
                memory.withLock { _ = $0.asked.remove(key) }
                continue
            }
            waiting += 1
            Task.detached { [self] in
                let names = try? await Self.ask(host, key.kind)
                memory.withLock { memory in
                    memory.asked.remove(key)
                    if let names { memory.answers[key] = (names, .now) }
                }
                wake.signal()
            }
        }
        let deadline = DispatchTime.now() + .milliseconds(Int(limit / .milliseconds(1)))
        while waiting > 0, wake.wait(timeout: deadline) == .success { waiting -= 1 }
        // What came before stands in for an answer that is late.
        return memory.withLock { memory in keys.flatMap { memory.answers[$0]?.names ?? [] } }
    }

    private static func ask(_ host: any HostConnection, _ kind: Kind) async throws(Failure) -> [Name] {
        switch kind {
        case .machines, .machineIDs:
            let machines = try await host.send(GetMachinesRequest()).machines
            return machines.map { machine in
                let tip = "\(machine.name) \(machine.state.rawValue) on \(machine.computerName)"
                return Name(text: kind == .machines ? machine.name : machine.id, tip: tip)
            }
        case .migrations, .migrationIDs:
            let moves = try await host.send(GetMigrationsRequest()).filter { !$0.status.isEnding }
            return moves.map { move in
                let tip = "\(move.machineName) from \(move.sourceHost) to \(move.targetHost)"
                return Name(text: kind == .migrations ? move.machineName : move.id, tip: tip)
            }
        case .networks:
            return try await host.send(GetMigrationNetworksRequest()).map { Name(text: $0.subnet, tip: $0.subnet) }
        case .trusts:
            return try await host.send(GetTrustsRequest()).map {
                Name(text: $0.name, tip: "\($0.name) at \($0.address)")
            }
        }
    }
}
