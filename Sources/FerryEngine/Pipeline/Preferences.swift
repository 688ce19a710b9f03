/// What one command does with errors, warnings and questions: its common parameters, else the caller's preference variables.
struct Preferences {
    private let scope: Scope
    private var explicitError: ActionPreference?
    private var explicitWarning: ActionPreference?
    private var explicitInformation: ActionPreference?
    private var explicitProgress: ActionPreference?
    private var explicitVerbose: Bool?
    private var explicitDebug: Bool?
    private var explicitWhatIf: Bool?
    private var explicitConfirm: Bool?

    init(_ call: Call, scope: Scope) {
        self.scope = scope
        guard call.bindings.hasBound(from: call.signature.ownCount) else { return }
        func action(_ parameter: CommonParameter) -> ActionPreference? {
            call.isBound(parameter.rawValue) ? ActionPreference(call[parameter.rawValue]) : nil
        }
        func toggle(_ parameter: CommonParameter) -> Bool? {
            call.isBound(parameter.rawValue) ? call[parameter.rawValue].isTrue : nil
        }
        explicitError = action(.errorAction)
        explicitWarning = action(.warningAction)
        explicitInformation = action(.informationAction)
        explicitProgress = action(.progressAction)
        explicitVerbose = toggle(.verbose)
        explicitDebug = toggle(.debug)
        if call.signature.impact != nil {
            explicitWhatIf = toggle(.whatIf)
            explicitConfirm = toggle(.confirm)
        }
    }

    private func variable(_ symbol: Symbol, _ fallback: ActionPreference) -> ActionPreference {
        scope.value(of: symbol).flatMap { ActionPreference($0) } ?? fallback
    }

    var errorAction: ActionPreference { explicitError ?? variable(.errorActionPreference, .continue) }
    /// `$ErrorActionPreference` is `Ignore`, which only the parameter may be.
    var ignoresByVariable: Bool {
        // A function's own `-ErrorAction Ignore` is there as the enumeration's value, not as text nor converted to a variable's type.
        guard explicitError == nil, let variable = scope.find(.errorActionPreference) else { return false }
        return variable.value.asString != nil || variable.type != nil
    }
    var warningAction: ActionPreference { explicitWarning ?? variable(.warningPreference, .continue) }
    var informationAction: ActionPreference {
        explicitInformation ?? variable(.informationPreference, .silentlyContinue)
    }
    var progressAction: ActionPreference { explicitProgress ?? variable(.progressPreference, .continue) }
    var verboseAction: ActionPreference {
        explicitVerbose.map { $0 ? .continue : .silentlyContinue } ?? variable(.verbosePreference, .silentlyContinue)
    }
    var debugAction: ActionPreference {
        explicitDebug.map { $0 ? .continue : .silentlyContinue } ?? variable(.debugPreference, .silentlyContinue)
    }
    var whatIf: Bool { explicitWhatIf ?? scope.value(of: .whatIfPreference)?.isTrue ?? false }

    /// Whether a command of that impact asks before it acts.
    func asks(for impact: ConfirmImpact) -> Bool {
        if let explicitConfirm { return explicitConfirm && impact != .none }
        let threshold: ConfirmImpact =
            switch scope.value(of: .confirmPreference)?.display.lowercased() {
            case "none": .none
            case "low": .low
            case "medium": .medium
            default: .high
            }
        return threshold != .none && impact >= threshold
    }

    /// The preference variables an advanced function's own scope gets from its common parameters, so that what it calls
    /// inherits them.
    func define(in scope: Scope) {
        func set(_ symbol: Symbol, _ action: ActionPreference?) {
            if let action { scope.define(symbol, action.value) }
        }
        set(.errorActionPreference, explicitError)
        set(.warningPreference, explicitWarning)
        set(.informationPreference, explicitInformation)
        set(.progressPreference, explicitProgress)
        set(.verbosePreference, explicitVerbose.map { $0 ? .continue : .silentlyContinue })
        set(.debugPreference, explicitDebug.map { $0 ? .continue : .silentlyContinue })
        if let explicitWhatIf { scope.define(.whatIfPreference, .bool(explicitWhatIf)) }
        if let explicitConfirm { scope.define(.confirmPreference, .string(explicitConfirm ? "Low" : "None")) }
    }
}
