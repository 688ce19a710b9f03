import FerryLanguage
/// The validation attributes.
enum Validator {
    /// Why a value fails, in PowerShell's words; `nil` if it passes.
    static func failure(of validation: Validation, value: Value, _ runspace: Runspace, _ frame: Frame? = nil)
        throws(Stop) -> String?
    {
        switch validation {
        case .notNull:
            if value.isNull {
                return
                    "The argument is null. Provide a valid value for the argument, and then try running the command again."
            }
            if let elements = value.elements, elements.contains(where: \.isNull) {
                return "The argument has a null value, or an element of the argument collection contains a null value. "
                    + "Provide a collection that does not contain any null values, and then try the command again."
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
                ? "The parameter requires exactly \(low) value(s) - \(count) value(s) were provided."
                : "The parameter requires at least \(low) value(s) and no more than \(high) value(s) - \(count) value(s) "
                    + "were provided."
        }
        for element in value.elements ?? [value] {
            if let reason = try failure(of: validation, element: element, runspace, frame) { return reason }
        }
        return nil
    }

    private static func notNullOrEmpty(_ value: Value, allowsBlank: Bool) -> String? {
        func isEmpty(_ value: Value) -> Bool {
            guard case .string(let text) = value else { return value.isNull }
            return allowsBlank ? text.isEmpty : text.trimmed.isEmpty
        }
        if let elements = value.elements {
            guard elements.isEmpty || elements.contains(where: isEmpty) else { return nil }
            return
                "The argument is null, empty, or an element of the argument collection contains a null value. Supply a "
                + "collection that does not contain any null values and then try the command again."
        }
        guard isEmpty(value) else { return nil }
        return allowsBlank
            ? "The argument is null or empty. Provide an argument that is not null or empty, and then try the command again."
            : "The argument is null, empty, or consists of only white-space characters. Provide an argument that contains "
                + "non white-space characters, and then try the command again."
    }

    private static func failure(of validation: Validation, element: Value, _ runspace: Runspace, _ frame: Frame?)
        throws(Stop) -> String?
    {
        let text = element.display
        switch validation {
        case .notNull, .notNullOrEmpty, .notNullOrWhiteSpace, .count: return nil
        case .set(let values, let ignoreCase):
            if values.contains(where: { ignoreCase ? $0.equalsIgnoringCase(text) : $0 == text }) { return nil }
            return
                "The argument \"\(text)\" does not belong to the set \"\(values.joined(separator: ","))\" specified by the "
                + "ValidateSet attribute. Supply an argument that is in the set and then try the command again."
        case .range(let low, let high):
            guard let number = Arithmetic.operandNumber(element)?.asDouble else { return nil }
            if number > high {
                let limit = Number.double(high).text
                return
                    "The \(text) argument is greater than the maximum allowed range of \(limit). Supply an argument that is "
                    + "less than or equal to \(limit) and then try the command again."
            }
            if number < low {
                let limit = Number.double(low).text
                return
                    "The \(text) argument is less than the minimum allowed range of \(limit). Supply an argument that is "
                    + "greater than or equal to \(limit) and then try the command again."
            }
            return nil
        case .rangeKind(let kind):
            guard let number = Arithmetic.operandNumber(element)?.asDouble else { return nil }
            let (passes, words): (Bool, String) =
                switch kind {
                case .positive: (number > 0, "greater than zero")
                case .nonNegative: (number >= 0, "greater than or equal to zero")
                case .negative: (number < 0, "less than zero")
                case .nonPositive: (number <= 0, "less than or equal to zero")
                }
            return passes ? nil : "The argument \"\(text)\" cannot be validated because its value is not \(words)."
        case .length(let low, let high):
            if text.length < low {
                return
                    "The character length (\(text.length)) of the argument is too short. Specify an argument with a length "
                    + "that is greater than or equal to \"\(low)\", and then try the command again."
            }
            if text.length > high {
                return
                    "The character length of the \(text.length) argument is too long. Shorten the character length of the "
                    + "argument so it is fewer than or equal to \"\(high)\" characters, and then try the command again."
            }
            return nil
        case .pattern(let pattern, let ignoreCase, let message):
            let regex: RegexPattern
            do throws(RegexPattern.Invalid) {
                regex = try RegexPattern.cached(pattern, ignoresCase: ignoreCase)
            } catch {
                return error.message
            }
            if regex.isMatch(text) { return nil }
            if let message { return try CompositeFormat.text(message, [element, .string(pattern)]) }
            return
                "The argument \"\(text)\" does not match the \"\(pattern)\" pattern. Supply an argument that matches "
                + "\"\(pattern)\" and try the command again."
        case .script(let syntax, let message):
            let frame: Frame = frame ?? runspace.globalFrame
            let block = ScriptBlock(runspace.compiled(syntax, layout: Layout()), session: frame.scope.session)
            let sink = CollectingSink()
            try block.invoke(frame, item: element, newScope: true, output: sink)
            if sink.result.isTrue { return nil }
            if let message { return try CompositeFormat.text(message, [element, .string(syntax.text)]) }
            return
                "The \"\(syntax.text)\" validation script for the argument with value \"\(text)\" did not return a result of "
                + "True. Determine why the validation script failed, and then try the command again."
        }
    }
}
