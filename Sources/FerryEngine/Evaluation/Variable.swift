/// One variable: what `Get-Variable` shows and `$x` reads.
package final class Variable {
    package struct Options: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }
        package static let readOnly = Options(rawValue: 1)
        package static let constant = Options(rawValue: 2)
        package static let `private` = Options(rawValue: 4)
        package static let allScope = Options(rawValue: 8)
    }

    /// What only few variables have.
    private final class Traits {
        var type: RuntimeType?
        var validations: [Validation] = []
        var options: Options = []
        var description = ""
        var compute: (() -> Value)?
    }

    package let name: String
    var stored: Value
    private var traits: Traits?

    init(_ name: String, _ value: Value) {
        self.name = name
        stored = value
    }

    convenience init(_ name: String, _ value: Value, options: Options, compute: (() -> Value)? = nil) {
        self.init(name, value)
        guard !options.isEmpty || compute != nil else { return }
        let traits = made()
        traits.options = options
        traits.compute = compute
    }

    private func made() -> Traits {
        if let traits { return traits }
        let made = Traits()
        traits = made
        return made
    }

    /// `[int] $x` keeps converting.
    var type: RuntimeType? {
        get { traits?.type }
        set { if newValue != nil || traits != nil { made().type = newValue } }
    }
    var validations: [Validation] {
        get { traits?.validations ?? [] }
        set { if !newValue.isEmpty || traits != nil { made().validations = newValue } }
    }
    package var options: Options {
        get { traits?.options ?? [] }
        set { if !newValue.isEmpty || traits != nil { made().options = newValue } }
    }
    package var description: String {
        get { traits?.description ?? "" }
        set { if !newValue.isEmpty || traits != nil { made().description = newValue } }
    }
    /// Reads something live (`$PWD`, `$?`) instead of the stored value.
    var compute: (() -> Value)? { traits?.compute }

    /// Nothing but a value: no type, no checks, no options, nothing computed.
    @inline(__always) var isPlain: Bool { traits == nil }

    @inline(__always) package var value: Value {
        if let traits, let compute = traits.compute { return compute() }
        return stored
    }

    /// Assigns, converting and checking as the variable demands.
    @inline(__always) func assign(_ value: Value, _ runspace: Runspace) throws(Stop) {
        if isPlain { stored = value } else { try assignChecked(value, runspace) }
    }

    private func assignChecked(_ value: Value, _ runspace: Runspace) throws(Stop) {
        if !options.isDisjoint(with: [.readOnly, .constant]) {
            throw .runtime(
                "VariableNotWritable", .writeError,
                "Cannot overwrite variable \(name) because it is read-only or constant.", target: .string(name),
                exception: "System.Management.Automation.SessionStateUnauthorizedAccessException")
        }
        if type == nil, validations.isEmpty {
            stored = value
            return
        }
        var converted = value
        if let type {
            do throws(Stop) {
                converted = try Conversion.convert(value, to: type, runspace)
                if type === ActionPreference.type, ActionPreference(converted) == .suspend {
                    throw Stop.runtime(
                        "RuntimeException", .metadataError,
                        "The value Suspend is not supported for an ActionPreference variable. The provided value should be "
                            + "used only as a value for a preference parameter.")
                }
            } catch {
                guard let record = error.record else { throw error }
                throw .error(
                    ErrorRecord(
                        ExceptionObject(
                            "System.Management.Automation.ArgumentTransformationMetadataException", record.message,
                            inner: record.exception),
                        errorID: "RuntimeException", category: .metadataError))
            }
        }
        for validation in validations {
            if let reason = try Validator.failure(of: validation, value: converted, runspace) {
                _ = reason
                throw .runtime(
                    "ValidateSetFailure", .metadataError,
                    "The variable cannot be validated because the value \(converted.display) is not a valid value for the "
                        + "\(name) variable.", exception: "System.Management.Automation.ValidationMetadataException")
            }
        }
        stored = converted
    }
}

extension Variable.Options {
    /// `ReadOnly, AllScope`, or `None`.
    package var text: String {
        let all: [(Variable.Options, String)] = [
            (.readOnly, "ReadOnly"), (.constant, "Constant"), (.private, "Private"), (.allScope, "AllScope"),
        ]
        let names = all.filter { contains($0.0) }.map(\.1)
        return names.isEmpty ? "None" : names.joined(separator: ", ")
    }
}
