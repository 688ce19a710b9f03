import FerryLanguage
/// The validation attributes.
enum Validator {
    /// Why a value fails: PowerShell's id of the reason, and its words.
    struct Fault {
        let id: String
        let message: String
        /// What a validation script threw.
        private let thrown: ExceptionObject?

        init(_ id: String, _ message: String, _ thrown: ExceptionObject? = nil) {
            self.id = id
            self.message = message
            self.thrown = thrown
        }

        /// The exception inside the binder's, which knows the id by a record of its own.
        var exception: ExceptionObject {
            if let thrown { return thrown }
            let name = "System.Management.Automation.ValidationMetadataException"
            let exception = ExceptionObject(name, message)
            let record = ErrorRecord(ExceptionObject(name, message), errorID: id, category: .metadataError)
            exception.details = [("ErrorRecord", .object(record))]
            return exception
        }
    }

    /// Why a value fails; `nil` if it passes.
    static func failure(of validation: Validation, value: Value, _ runspace: Runspace, _ frame: Frame? = nil)
        throws(Stop) -> Fault?
    {
        switch validation {
        case .notNull:
            if value.isNull {
                return Fault(
                    "ArgumentIsNull",
                    "The argument is null. Provide a valid value for the argument, and then try running the command again."
                )
            }
            if let elements = value.elements, elements.contains(where: \.isNull) {
                return Fault(
                    "ArgumentCollectionContainsNull",
                    "The argument has a null value, or an element of the argument collection contains a null value. "
                        + "Provide a collection that does not contain any null values, and then try the command again.")
            }
            return nil
        case .notNullOrEmpty: return notNullOrEmpty(value, allowsBlank: true)
        case .notNullOrWhiteSpace: return notNullOrEmpty(value, allowsBlank: false)
        default: break
        }
        if case .count(let low, let high) = validation {
            let count = value.elements?.count ?? 1
            guard count < low || count > high else { return nil }
            return low == high
                ? Fault(
                    "ValidateCountExactFailure",
                    "The parameter requires exactly \(low) value(s) - \(count) value(s) were provided.")
                : Fault(
                    "ValidateCountMinMaxFailure",
                    "The parameter requires at least \(low) value(s) and no more than \(high) value(s) - \(count) "
                        + "value(s) were provided.")
        }
        for element in value.elements ?? [value] {
            if let reason = try failure(of: validation, element: element, runspace, frame) { return reason }
        }
        return nil
    }

    private static func notNullOrEmpty(_ value: Value, allowsBlank: Bool) -> Fault? {
        func isEmpty(_ value: Value) -> Bool {
            guard let text = value.asString else { return value.isNull }
            return allowsBlank ? text.isEmpty : text.trimmed.isEmpty
        }
        if let elements = value.elements {
            guard elements.isEmpty || elements.contains(where: isEmpty) else { return nil }
            let hasNull = elements.contains(where: \.isNull)
            return Fault(
                elements.isEmpty
                    ? "ArgumentIsEmpty"
                    : hasNull ? "ArgumentCollectionContainsNull" : "ArgumentCollectionContainsEmpty",
                "The argument is null, empty, or an element of the argument collection contains a null value. Supply a "
                    + "collection that does not contain any null values and then try the command again.")
        }
        if case .table(let table) = value {
            guard table.count == 0 else { return nil }
        } else {
            guard isEmpty(value) else { return nil }
        }
        return allowsBlank
            ? Fault(
                value.isNull ? "ArgumentIsNull" : "ArgumentIsEmpty",
                "The argument is null or empty. Provide an argument that is not null or empty, and then try the command "
                    + "again.")
            : Fault(
                value.isNull ? "ArgumentIsNull" : "ArgumentIsEmptyOrWhiteSpace",
                "The argument is null, empty, or consists of only white-space characters. Provide an argument that contains "
                    + "non white-space characters, and then try the command again.")
    }

    /// A value of another kind than the limits it is measured by.
    private static func notComparable(_ element: Value, _ limits: String) -> Fault {
        Fault(
            "ValidationRangeElementType",
            "The argument cannot be validated because its type \"\(element.typeName.name)\" is not the same type "
                + "(\"\(limits)\") as the maximum and minimum limits of the parameter. Make sure the argument is of type "
                + "\(limits) and then try the command again.")
    }

    /// An `ErrorMessage` of the attribute replaces the words, not the id.
    private static func fault(_ id: String, _ message: String?, _ parts: [Value], _ standard: String) throws(Stop)
        -> Fault
    {
        guard let message else { return Fault(id, standard) }
        return Fault(id, try CompositeFormat.text(message, parts))
    }

    private static func failure(of validation: Validation, element: Value, _ runspace: Runspace, _ frame: Frame?)
        throws(Stop) -> Fault?
    {
        let text = element.display
        switch validation {
        case .notNull, .notNullOrEmpty, .notNullOrWhiteSpace, .count: return nil
        case .set(let values, let ignoreCase, let message):
            if values.contains(where: { ignoreCase ? $0.equalsIgnoringCase(text) : $0 == text }) { return nil }
            let all = values.joined(separator: ",")
            return try fault(
                "ValidateSetFailure", message, [element, .string(all)],
                "The argument \"\(text)\" does not belong to the set \"\(all)\" specified by the ValidateSet attribute. "
                    + "Supply an argument that is in the set and then try the command again.")
        case .range(let low, let high):
            guard let number = Arithmetic.operandNumber(element)?.asDouble else {
                return notComparable(element, low == low.rounded() && high == high.rounded() ? "Int32" : "Double")
            }
            if number > high {
                let limit = Number.double(high).text
                return Fault(
                    "ValidateRangeTooBig",
                    "The \(text) argument is greater than the maximum allowed range of \(limit). Supply an argument that is "
                        + "less than or equal to \(limit) and then try the command again.")
            }
            if number < low {
                let limit = Number.double(low).text
                return Fault(
                    "ValidateRangeTooSmall",
                    "The \(text) argument is less than the minimum allowed range of \(limit). Supply an argument that is "
                        + "greater than or equal to \(limit) and then try the command again.")
            }
            return nil
        case .rangeKind(let kind):
            let span: Double? = if case .span(let span) = element { Double(span.ticks) } else { nil }
            guard let number = span ?? Arithmetic.operandNumber(element)?.asDouble else {
                return notComparable(element, "Double")
            }
            let (passes, id, words): (Bool, String, String) =
                switch kind {
                case .positive: (number > 0, "Positive", "greater than zero")
                case .nonNegative: (number >= 0, "NonNegative", "greater than or equal to zero")
                case .negative: (number < 0, "Negative", "less than zero")
                case .nonPositive: (number <= 0, "NonPositive", "less than or equal to zero")
                }
            if passes { return nil }
            return Fault(
                "ValidateRange\(id)Failure",
                "The argument \"\(text)\" cannot be validated because its value is not \(words).")
        case .length(let low, let high):
            guard element.asString != nil else {
                return Fault(
                    "ValidateLengthNotString",
                    "The argument cannot be validated because it is not a string. Supply a string and then try the command "
                        + "again.")
            }
            if text.length < low {
                return Fault(
                    "ValidateLengthMinLengthFailure",
                    "The character length (\(text.length)) of the argument is too short. Specify an argument with a length "
                        + "that is greater than or equal to \"\(low)\", and then try the command again.")
            }
            if text.length > high {
                return Fault(
                    "ValidateLengthMaxLengthFailure",
                    "The character length (\(text.length)) of the argument is too long. Specify an argument with a length "
                        + "that is shorter than or equal to \"\(high)\", and then try the command again.")
            }
            return nil
        case .pattern(let pattern, let ignoreCase, let message):
            let regex: RegexPattern
            do throws(RegexPattern.Invalid) {
                regex = try RegexPattern.cached(pattern, ignoresCase: ignoreCase)
            } catch {
                return Fault("ValidatePatternFailure", error.message)
            }
            if try regex.isMatch(text, runspace.interrupt) { return nil }
            return try fault(
                "ValidatePatternFailure", message, [element, .string(pattern)],
                "The argument \"\(text)\" does not match the \"\(pattern)\" pattern. Supply an argument that matches "
                    + "\"\(pattern)\" and try the command again.")
        case .script(let syntax, let message):
            let frame: Frame = frame ?? runspace.globalFrame
            let block = ScriptBlock(runspace.compiled(syntax, layout: Layout()), session: frame.scope.session)
            let sink = CollectingSink()
            do throws(Stop) {
                try block.invoke(frame, item: element, newScope: true, output: sink)
            } catch {
                // What the script throws is why the argument is refused.
                guard case .error(let record) = error else { throw error }
                return Fault("ValidateScriptFailure", record.message, record.exception)
            }
            if sink.result.isTrue { return nil }
            return try fault(
                "ValidateScriptFailure", message, [element, .string(syntax.text)],
                "The \"\(syntax.text)\" validation script for the argument with value \"\(text)\" did not return a result "
                    + "of True. Determine why the validation script failed, and then try the command again.")
        }
    }
}
