package import FerryLanguage

/// A typed key of one parameter: declares it in the signature and reads it from the call.
///
/// ```swift
/// static let name    = Parameter<[String]>("Name", aliases: ["VMName"], position: 0, pipeline: .byValueAndProperty)
/// static let host    = Parameter<String>("DestinationHost", position: 1, mandatory: true)
/// static let storage = Parameter<Bool>.switch("IncludeStorage")
/// static let machine = Parameter<[MachineReport]>("VM", position: 0, mandatory: true, pipeline: .byValue)
/// …
/// let names = call[Self.name]                       // [String], empty when unbound
/// if call.isBound(Self.host) { … }
/// ```
package struct Parameter<Wrapped>: ParameterKey {
    package var spec: ParameterSpec
    package var role: ParameterRole
    /// The name as calls look it up.
    package let symbol: Symbol
}

// Not on the type itself: every start of the shell would search for each conformance.
extension Parameter where Wrapped: ParameterValue {
    package init(
        _ name: String, aliases: [String] = [], position: Int? = nil, mandatory: Bool = false,
        pipeline: PipelineBinding = [], remaining: Bool = false, validate: [Validation] = [],
        wildcards: Bool = false, help: String? = nil, type: RuntimeType? = nil
    ) {
        spec = ParameterSpec(name: name, aliases: aliases, type: type ?? Wrapped.parameterType)
        symbol = spec.symbol
        spec.validations = validate
        spec.supportsWildcards = wildcards
        role = ParameterRole(
            isMandatory: mandatory, position: position, pipeline: pipeline, takesRemaining: remaining, help: help)
        spec.isAnyInput = name == "InputObject" && spec.type.key == RuntimeType.object.key
    }
}

extension Parameter where Wrapped == Bool {
    package static func `switch`(_ name: String, aliases: [String] = []) -> Parameter<Bool> {
        Parameter(name, aliases: aliases, type: .switchParameter)
    }
}

/// Any `Parameter<…>`, whatever it wraps.
package protocol ParameterKey: Sendable {
    var spec: ParameterSpec { get set }
    var role: ParameterRole { get set }
}

extension ParameterKey {
    /// The same parameter with another role in the set it is listed in.
    package func mandatory(_ isMandatory: Bool = true) -> Self { changed { $0.isMandatory = isMandatory } }
    package func at(_ position: Int?) -> Self { changed { $0.position = position } }
    package func from(_ pipeline: PipelineBinding) -> Self { changed { $0.pipeline = pipeline } }

    /// The same parameter, mandatory or not, taking what mandatory ones refuse.
    package func allowing(_ allowance: ParameterAllowance) -> Self {
        var copy = self
        copy.spec.allowsNull = allowance.contains(.null)
        copy.spec.allowsEmptyString = allowance.contains(.emptyString)
        copy.spec.allowsEmptyCollection = allowance.contains(.emptyCollection)
        return copy
    }

    private func changed(_ change: (inout ParameterRole) -> Void) -> Self {
        var copy = self
        change(&copy.role)
        return copy
    }
}

/// How a parameter takes objects from the pipeline.
package struct PipelineBinding: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let byValue = PipelineBinding(rawValue: 1)
    package static let byProperty = PipelineBinding(rawValue: 2)
    package static let byValueAndProperty: PipelineBinding = [.byValue, .byProperty]
}

/// What a mandatory parameter takes although most refuse it: `AllowNull`, `AllowEmptyString`, `AllowEmptyCollection`.
package struct ParameterAllowance: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let null = ParameterAllowance(rawValue: 1)
    package static let emptyString = ParameterAllowance(rawValue: 2)
    package static let emptyCollection = ParameterAllowance(rawValue: 4)
}

/// What a parameter is within one parameter set.
package struct ParameterRole: Sendable {
    package var isMandatory = false
    package var position: Int?
    package var pipeline: PipelineBinding = []
    package var takesRemaining = false
    package var help: String?
}

/// A parameter without its Swift type: what the binder works with, for compiled commands and script functions alike.
package struct ParameterSpec: Sendable {
    /// The set a parameter without sets belongs to: all of them.
    package static let allSets = "__AllParameterSets"

    package let name: String
    /// The name as look-ups compare it.
    let key: String
    let symbol: Symbol
    /// The place in its signature.
    var slot = 0
    package var aliases: [String]
    package var type: RuntimeType
    /// By set name.
    package var roles: [String: ParameterRole] = [:]
    package var validations: [Validation] = []
    package var supportsWildcards = false
    /// `[ArgumentCompleter({ … })]`
    package var completer: FerryLanguage.ScriptBlock?
    /// `[ArgumentCompletions(…)]`
    package var completions: [String] = []
    package var allowsNull = false
    package var allowsEmptyString = false
    package var allowsEmptyCollection = false
    package var isHidden = false
    package var isCommon = false
    /// The type as `Get-Command` tells it: commands take `[psobject]`s as -InputObject, which is any value.
    package var shownType: RuntimeType { isAnyInput ? .psObject : type }
    fileprivate(set) var isAnyInput = false
    /// Further types an advanced function's parameter converts through, innermost first (`[ref][int]` style stacks).
    package var isTyped = true

    package init(name: String, aliases: [String] = [], type: RuntimeType) {
        self.name = name
        key = name.folded
        symbol = Symbol(name)
        self.aliases = aliases
        self.type = type
    }

    package var isSwitch: Bool { if case .switchParameter = type.kind { true } else { false } }

    package func role(in set: String) -> ParameterRole? { roles[set] ?? roles[Self.allSets] }
    package var isInAllSets: Bool { roles[Self.allSets] != nil }
}

/// A check on an argument after conversion.
package enum Validation: Sendable {
    case notNull
    case notNullOrEmpty
    case notNullOrWhiteSpace
    case set([String], ignoreCase: Bool = true, message: String? = nil)
    case range(Double, Double)
    /// `Positive`, `Negative`, `NonNegative`, `NonPositive`.
    case rangeKind(RangeKind)
    case length(Int, Int)
    case count(Int, Int)
    case pattern(String, ignoreCase: Bool = true, message: String? = nil)
    /// The block sees the argument as `$_`.
    case script(FerryLanguage.ScriptBlock, message: String? = nil)

    package enum RangeKind: String, Sendable { case positive, nonNegative, negative, nonPositive }
}
