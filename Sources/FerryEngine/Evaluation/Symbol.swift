import Synchronization

/// A variable's name without regard to case, as a number: comparing and hashing names costs nothing at run time.
package struct Symbol: Hashable, Sendable {
    private struct Table {
        var numbers: [String: Int32] = [:]
        var names: [String] = []
    }

    private static let table = Mutex(Table())

    private let number: Int32

    package init(_ name: String) {
        let key = name.folded
        number = Symbol.table.withLock { table in
            if let known = table.numbers[key] { return known }
            let next = Int32(truncatingIfNeeded: table.names.count)
            table.numbers[key] = next
            table.names.append(name)
            return next
        }
    }

    /// The name in the spelling first seen.
    package var name: String {
        let index = Int(number)
        return Symbol.table.withLock { $0.names[index] }
    }

    static let item = Symbol("_")
    static let this = Symbol("this")
    static let matches = Symbol("Matches")
    static let ofs = Symbol("OFS")
    static let lastExitCode = Symbol("LASTEXITCODE")
    static let errorActionPreference = Symbol("ErrorActionPreference")
    static let warningPreference = Symbol("WarningPreference")
    static let verbosePreference = Symbol("VerbosePreference")
    static let debugPreference = Symbol("DebugPreference")
    static let informationPreference = Symbol("InformationPreference")
    static let progressPreference = Symbol("ProgressPreference")
    static let confirmPreference = Symbol("ConfirmPreference")
    static let whatIfPreference = Symbol("WhatIfPreference")
    static let foreach = Symbol("foreach")
    static let `switch` = Symbol("switch")
    static let defaultParameterValues = Symbol("PSDefaultParameterValues")
}

/// The slots of the variables one function (or script) and the blocks written inside it mention.
///
/// `$_` always has the first slot: pipelines set it for each object.
final class Layout {
    static let itemSlot = 0

    private(set) var symbols: [Symbol] = [.item]
    private var slots: [Symbol: Int] = [.item: Layout.itemSlot]
    /// The `$using:` variables mentioned, in order, each once.
    private(set) var usings: [String] = []
    /// Whether `$input` is mentioned.
    var mentionsInput = false
    /// `$args` is read somewhere in it.
    var mentionsArguments = false

    /// The calls of the function or script. Their arguments know the layout.
    private var calls = WeakList<CommandNode>()

    func add(_ call: CommandNode) { calls.add(call) }

    /// Drops what its calls have found: commands, and with them whatever those hold.
    func forgetCalls() {
        for call in calls.all { call.forget() }
    }

    func addUsing(_ name: String) {
        if !usings.contains(where: { $0.folded == name.folded }) { usings.append(name) }
    }

    func slot(of symbol: Symbol) -> Int {
        if let slot = slots[symbol] { return slot }
        slots[symbol] = symbols.count
        symbols.append(symbol)
        return symbols.count - 1
    }

    func existing(_ symbol: Symbol) -> Int? {
        // A few numbers are compared faster than one is hashed.
        if symbols.count > 12 { return slots[symbol] }
        for slot in symbols.indices where symbols[slot] == symbol { return slot }
        return nil
    }
}
