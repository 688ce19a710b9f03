/// Everything about a command that can be known without running it: name, parameters in their sets, what it supports.
///
/// ```swift
/// static let signature = Signature(
///     "Move-VM", typeName: "Microsoft.HyperV.PowerShell.Commands.MoveVM", shouldProcess: .medium,
///     defaultSet: "NameSingleDestination", outputs: [MachineReport.nounType.name],
///     parameters: [host, asJob, passthru],                        // in every set
///     sets: [
///         ParameterSet("NameSingleDestination", [name.mandatory(), storage, storagePath]),
///         ParameterSet("VMSingleDestination", [machine, storage, storagePath]),
///     ])
/// ```
package struct Signature: Sendable {
    package let name: String
    /// What completes error ids; `Ferry.Commands.MoveVM` unless PowerShell has a historic one.
    package let typeName: String
    package let defaultSet: String?
    /// `nil`: no `-WhatIf` and `-Confirm`.
    package let impact: ConfirmImpact?
    package let outputs: [RuntimeType]
    package let parameters: [ParameterSpec]
    /// The names of the parameters, to find a slot by.
    private let symbols: [Symbol]
    let places: ParameterPlaces
    /// Where the common parameters begin.
    let ownCount: Int
    /// In order; one named `__AllParameterSets` when none were declared.
    package let sets: [String]
    /// Arguments no parameter takes end in `$args` instead of an error: functions without `[CmdletBinding()]`.
    package var takesLooseArguments = false
    /// `[CmdletBinding(PositionalBinding = $false)]` is false.
    package var hasCommonParameters = true

    package init(
        _ name: String, typeName: String? = nil, shouldProcess impact: ConfirmImpact? = nil, defaultSet: String? = nil,
        outputs: [RuntimeType] = [], parameters: [any ParameterKey] = [], sets: [ParameterSet] = []
    ) {
        var builder = Builder()
        for key in parameters { builder.add(key, to: ParameterSpec.allSets) }
        for set in sets {
            for key in set.parameters { builder.add(key, to: set.name) }
        }
        self.init(
            name: name, typeName: typeName ?? "Ferry.Commands." + name.filter { $0 != "-" }, impact: impact,
            defaultSet: defaultSet, outputs: outputs, specs: builder.specs, sets: sets.map(\.name))
    }

    package init(
        name: String, typeName: String, impact: ConfirmImpact?, defaultSet: String?,
        outputs: [RuntimeType] = [], specs: [ParameterSpec], sets: [String], hasCommonParameters: Bool = true
    ) {
        self.name = name
        self.typeName = typeName
        self.impact = impact
        self.defaultSet = defaultSet
        self.outputs = outputs
        self.sets = sets.isEmpty ? [ParameterSpec.allSets] : sets
        self.hasCommonParameters = hasCommonParameters
        ownCount = specs.count
        var all = specs
        if hasCommonParameters {
            all += CommonParameter.specs
            if impact != nil { all += CommonParameter.confirmationSpecs }
        }
        for index in all.indices { all[index].slot = index }
        parameters = all
        symbols = all.map(\.symbol)
        // The common parameters are named or not given.
        places = ParameterPlaces(specs)
    }

    private struct Builder {
        var specs: [ParameterSpec] = []

        mutating func add(_ key: any ParameterKey, to set: String) {
            if let index = specs.firstIndex(where: { $0.name.folded == key.spec.name.folded }) {
                specs[index].roles[set] = key.role
            } else {
                var spec = key.spec
                spec.roles[set] = key.role
                specs.append(spec)
            }
        }
    }

    /// The place of the parameter of that name, its own name and no alias.
    func slot(of symbol: Symbol) -> Int? {
        for slot in symbols.indices where symbols[slot] == symbol { return slot }
        return nil
    }

    package func parameter(named name: String) -> ParameterSpec? {
        let key = name.folded
        return parameters.first { $0.key == key || $0.aliases.contains { $0.folded == key } }
    }
}

/// One parameter set and the parameters in it. A parameter may be in several, with a different role in each.
package struct ParameterSet: Sendable {
    package let name: String
    package let parameters: [any ParameterKey]

    package init(_ name: String, _ parameters: [any ParameterKey]) {
        self.name = name
        self.parameters = parameters
    }
}

/// How much harm a command can do: at or above `$ConfirmPreference` it asks.
package enum ConfirmImpact: Int, Sendable, Comparable {
    case none, low, medium, high
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
