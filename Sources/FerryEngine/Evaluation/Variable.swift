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

    package let name: String
    var stored: Value
    /// `[int] $x` keeps converting.
    var type: RuntimeType?
    var validations: [Validation] = []
    package var options: Options
    package var description = ""
    /// Reads something live (`$PWD`, `$?`) instead of the stored value.
    let compute: (() -> Value)?

    init(_ name: String, _ value: Value, options: Options = [], compute: (() -> Value)? = nil) {
        self.name = name
        stored = value
        self.options = options
        self.compute = compute
    }

    @inline(__always) package var value: Value { compute.map { $0() } ?? stored }

    /// Assigns, converting and checking as the variable demands.
    func assign(_ value: Value, _ runspace: Runspace) throws(Stop) {
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
