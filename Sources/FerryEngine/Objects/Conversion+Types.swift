import Foundation

extension Conversion {
    // MARK: Collections

    static func array(_ value: Value, _ type: RuntimeType, _ runspace: Runspace?, strictBool: Bool) throws(Stop)
        -> Value
    {
        let element = type.arguments[0]
        if type.fullName == "System.Array" {
            if value.isNull { return .null }
            return .array(ArrayObject(value.elements ?? [value]))
        }
        if case .array(let array) = value {
            if array.elementType == element { return value }
        }
        if value.isNull { return .null }
        let source: [Value]
        if let elements = value.elements {
            source = elements
        } else if case .char = element.kind, case .string(let text) = value {
            source = text.utf16.map { .char($0) }
        } else {
            source = [value]
        }
        var converted: [Value] = []
        converted.reserveCapacity(source.count)
        for item in source { converted.append(try convert(item, to: element, runspace, strictBool: strictBool)) }
        return .array(ArrayObject(converted, of: element))
    }

    static func list(_ value: Value, _ kind: ListObject.Kind, _ type: RuntimeType, _ runspace: Runspace?)
        throws(Stop) -> Value
    {
        if case .list(let list) = value, list.kind == kind { return value }
        if value.isNull { return .null }
        let element = type.arguments.first ?? .object
        var converted: [Value] = []
        for item in value.elements ?? [value] { converted.append(try convert(item, to: element, runspace)) }
        return .list(ListObject(converted, kind: kind, of: element))
    }

    static func table(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch (value, type.kind) {
        case (.null, _), (.nothing, _): return .null
        case (.table(let table), .ordered):
            if table.kind == .ordered { return value }
            let copy = TableObject(kind: .ordered)
            for (key, value) in table.pairs { copy[key] = value }
            return .table(copy)
        case (.table(let table), .hashtable):
            if table.kind == .hashtable || table.kind == .orderedHashtable { return value }
            let copy = TableObject()
            for (key, value) in table.pairs { copy[key] = value }
            return .table(copy)
        case (.table, _): return value
        case (.object(let object), .hashtable) where object is CustomObject:
            throw impossible(value, type, id: "InvalidCastConstructorException")
        default: throw impossible(value, type)
        }
    }

    /// `[pscustomobject]@{…}`; other values pass through, as PowerShell wraps without changing them.
    static func customObject(_ value: Value) -> Value {
        guard case .table(let table) = value else { return value }
        let object = CustomObject()
        for (key, value) in table.pairs {
            let name = key.display
            if name.folded == "pstypename" {
                object.insertedTypeNames.insert(value.display, at: 0)
            } else {
                object.added?[name] = .note(value)
            }
        }
        return .object(object)
    }

    // MARK: Dates and numbers with structure

    static func dateTime(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .date: return value
        case .null, .nothing: throw impossible(value, type)
        case .number(let number):
            guard let ticks = number.asInt64, ticks >= 0, ticks <= DateTime.maximumTicks else {
                throw impossible(value, type)
            }
            return .date(DateTime(ticks: ticks))
        case .string(let text):
            if let date = DateFormat.parse(text) { return .date(date) }
            let reason =
                text.first.map { $0.isLetter } == true
                ? "The string '\(text)' was not recognized as a valid DateTime. There is an unknown word starting at "
                    + "index '0'."
                : "String '\(text)' was not recognized as a valid DateTime."
            throw failed(
                value, type, reason, id: "InvalidCastParseTargetInvocationWithFormatProvider",
                inner: "System.FormatException")
        default: throw impossible(value, type)
        }
    }

    static func timeSpan(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .span: return value
        case .number(let number):
            guard number.kind.isWhole, let ticks = number.asInt64 else {
                // A real number is taken as ticks, rounded, as .NET's constructor takes it.
                guard let ticks = number.roundedInt64 else { throw impossible(value, type) }
                return .span(TimeSpan(ticks: ticks))
            }
            return .span(TimeSpan(ticks: ticks))
        case .string(let text):
            if let span = TimeSpan(text) { return .span(span) }
            throw failed(
                value, type, "String '\(text)' was not recognized as a valid TimeSpan.",
                id: "InvalidCastParseTargetInvocationWithFormatProvider", inner: "System.FormatException")
        default: throw impossible(value, type)
        }
    }

    static func guid(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .guid: return value
        case .string(let text):
            if let guid = GUID(text) { return .guid(guid) }
            throw failed(
                value, type,
                "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
                id: "InvalidCastParseTargetInvocation", inner: "System.FormatException")
        default: throw impossible(value, type)
        }
    }

    static func version(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .version: return value
        case .null, .nothing: return .null
        case .string(let text):
            if let version = VersionNumber(text) { return .version(version) }
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let reason =
                (2...4).contains(parts.count)
                ? "The input string '\(parts.first { Int32($0) == nil } ?? "")' was not in a correct format."
                : "Version string portion was too short or too long."
            throw failed(value, type, reason, id: "InvalidCastParseTargetInvocation", inner: "System.ArgumentException")
        case .number(let number):
            // `[version]1.2` reads the number's text; a whole number has no minor part.
            if let version = VersionNumber(number.text) { return .version(version) }
            throw impossible(value, type)
        case .object(let object):
            // Labels have no place in a version.
            guard let semantic = object as? SemanticVersionObject else { throw impossible(value, type) }
            return .version(VersionNumber(semantic.major, semantic.minor, semantic.patch))
        default: throw impossible(value, type)
        }
    }

    // MARK: Enumerations

    /// An encoding by one of its names, by the number of its code page, or as itself.
    private static func encoding(_ value: Value, _ target: EnumType, _ type: RuntimeType) throws(Stop) -> EnumValue {
        if case .symbol(let symbol) = value.plain, symbol.type === target { return symbol }
        let name = (value.plain.asObject as? EncodingObject)?.encodingName ?? value.display
        if let number = target.others[name.folded] { return target.value(number) }
        if let member = target.members.first(where: { $0.name.folded == name.folded }) {
            return target.value(member.value)
        }
        throw .runtime(
            "InvalidEncoding", .invalidData,
            "'\(name)' is not a supported encoding name. For information on defining a custom encoding, see the documentation "
                + "for the Encoding.RegisterProvider method. (Parameter 'name')", exception: "System.ArgumentException")
    }

    static func symbol(_ value: Value, _ target: EnumType, _ type: RuntimeType) throws(Stop) -> EnumValue {
        if !target.others.isEmpty { return try encoding(value, target, type) }
        let names = target.members.map(\.name).joined(separator: ",")
        switch value {
        case .symbol(let symbol):
            if symbol.type === target || symbol.type.fullName == target.fullName { return symbol }
            if let converted = target.value(named: symbol.text) { return converted }
            throw impossible(value, type)
        case .string(let text):
            if let symbol = target.value(named: text) { return symbol }
            if let number = Int64(text.trimmed) { return try symbol(.long(number), target, type) }
            if text.contains(","), !target.isFlags {
                throw .runtime(
                    "SubstringDisambiguationEnumParseThrow", .invalidArgument,
                    "Cannot convert value \"\(text)\" to type \"\(type.fullName)\" because no commas are allowed for "
                        + "this enumeration.")
            }
            let candidates = target.candidates(for: text.trimmed)
            if candidates.count > 1, !text.trimmed.isEmpty {
                throw .runtime(
                    "InvalidCastEnumerationMoreThanOneValue", .invalidArgument,
                    "Cannot convert value \"\(text)\" to type \"\(type.fullName)\" because at least two matches were "
                        + "found (\(candidates[0]), \(candidates[1])) and only one match is allowed for this enumeration."
                )
            }
            throw failed(
                value, type,
                "Unable to match the identifier name \(text) to a valid enumerator name. Specify one of the following "
                    + "enumerator names and try again:\n\(target.members.map(\.name).joined(separator: ", "))",
                id: "InvalidCastFromStringToEnumeration", inner: "System.ArgumentException")
        case .number(let number):
            guard let whole = number.roundedInt64 else { throw impossible(value, type) }
            if target.isFlags || target.members.contains(where: { $0.value == whole }) { return target.value(whole) }
            throw .runtime(
                "UndefinedIntegerToEnum", .invalidArgument,
                "Cannot convert value \"\(whole)\" to type \"\(type.fullName)\" due to enumeration values that are not "
                    + "valid. Specify one of the following enumeration values and try again. The possible enumeration "
                    + "values are \"\(names)\".")
        case .null, .nothing:
            throw .runtime(
                "nullToEnumInvalidCast", .invalidArgument,
                "Cannot convert null to type \"\(type.fullName)\" due to enumeration values that are not valid. Specify "
                    + "one of the following enumeration values and try again. The possible enumeration values are "
                    + "\"\(names)\".")
        case .array(let array) where target.isFlags || array.elements.count == 1:
            var bits: Int64 = 0
            for item in array.elements {
                // An array inside may be this one.
                if item.elements != nil { throw impossible(item, type) }
                bits |= try symbol(item, target, type).number
            }
            return target.value(bits)
        default: throw impossible(value, type)
        }
    }

    // MARK: Objects

    static func scriptBlock(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        // Text is not code: `[scriptblock]::Create` is the way from one to the other.
        if value.asScriptBlock != nil { return value }
        throw impossible(value, type)
    }

    static func typeLiteral(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .type: return value
        case .string(let text):
            if let found = TypeCatalog.resolve(text) { return .type(found) }
            throw impossible(value, type)
        default: throw impossible(value, type)
        }
    }

    static func regex(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        if case .object(let object) = value, object is RegexObject { return value }
        guard !value.isNull else { throw impossible(value, type) }
        do throws(RegexPattern.Invalid) {
            return .object(RegexObject(try RegexPattern.cached(value.display, ignoresCase: false)))
        } catch {
            throw failed(
                value, type, error.message, id: "InvalidCastConstructorException",
                inner: "System.Text.RegularExpressions.RegexParseException")
        }
    }

    static func exception(_ value: Value, _ type: RuntimeType) throws(Stop) -> Value {
        switch value {
        case .object(let object):
            if let record = object as? ErrorRecord { return .object(record.exception) }
            if object is ExceptionObject, object.typeName.isA(type) { return value }
            throw impossible(value, type)
        case .string(let text): return .object(ExceptionObject(type.fullName, text))
        default: throw impossible(value, type)
        }
    }

    static func named(_ value: Value, _ type: RuntimeType, _ runspace: Runspace?) throws(Stop) -> Value {
        if value.isNull, type !== BigIntegerObject.type { return .null }
        if matches(value, type) || TypeCatalog.value(value, isA: type) { return value }
        if value.typeNames.contains(where: { $0.folded == type.key }) { return value }
        // A delegate is the block it calls.
        if value.asScriptBlock != nil, type.fullName == "System.Text.RegularExpressions.MatchEvaluator" { return value }
        if let made = try TypeCatalog.construct(type, from: value) { return made }
        if case .table(let table) = value, let runspace, let made = try built(type, from: table, runspace) {
            return made
        }
        throw impossible(value, type)
    }

    /// `[Parameter]@{ Mandatory = $true }`: made without arguments, and its properties set.
    private static func built(_ type: RuntimeType, from table: TableObject, _ runspace: Runspace) throws(Stop) -> Value?
    {
        guard let make = TypeCatalog.table(of: type)?.constructor else { return nil }
        let frame = runspace.globalFrame
        let made = try make(MethodCall(name: "new", target: .type(type), arguments: [], frame: frame, type: type))
        for (key, value) in table.pairs {
            let name = key.display
            do throws(Stop) {
                try Members.set(name, of: made, to: value, isStatic: false, frame)
            } catch {
                let reason = error.record?.exception.message ?? ""
                throw .runtime(
                    "ObjectCreationError", .invalidArgument,
                    "Cannot create object of type \"\(type.fullName)\". \(reason)",
                    inner: ExceptionObject("System.Management.Automation.PSInvalidCastException", reason))
            }
        }
        return made
    }
}
