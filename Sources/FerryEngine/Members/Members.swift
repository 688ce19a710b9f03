/// Reading, writing and calling members: what `.`, `::` and their invocations mean for each kind of value.
///
/// Order of a read: members added to the object, its own properties, the type's table, then the elements of a collection.
package enum Members {
    // MARK: Reading

    /// `value.name`, with member enumeration over collections. A member nobody has is null, or an error under strict mode 2.
    static func get(_ name: String, of value: Value, isStatic: Bool, _ frame: Frame) throws(Stop) -> Value {
        if isStatic {
            guard case .type(let type) = value else {
                throw .runtime("TypeNotFound", .invalidOperation, "\"\(value.display)\" is not a type; :: needs one.")
            }
            if let found = try StaticMembers.property(name, of: type) { return found }
            return try missing(name, frame)
        }
        if let found = try property(name, of: value, frame.runspace) { return found }
        if let elements = value.elements {
            var found: [Value] = []
            for element in elements {
                guard let member = try property(name, of: element, frame.runspace) else { continue }
                if let inner = member.elements { found += inner } else { found.append(member) }
            }
            if !found.isEmpty { return found.count == 1 ? found[0] : .array(found) }
        }
        if let counted = count(name, of: value) { return counted }
        return try missing(name, frame)
    }

    private static func missing(_ name: String, _ frame: Frame) throws(Stop) -> Value {
        guard let strict = frame.runspace.strictVersion(frame), strict >= 2 else { return .null }
        throw .runtime(
            "PropertyNotFoundStrict", .notSpecified,
            "The property '\(name)' cannot be found on this object. Verify that the property exists.",
            exception: "System.Management.Automation.PropertyNotFoundException")
    }

    /// `Count` and `Length` that scalars and null have.
    private static func count(_ name: String, of value: Value) -> Value? {
        switch name.folded {
        case "count", "length": .int(value.isNull ? 0 : 1)
        default: nil
        }
    }

    /// `value.name` without member enumeration; nil when there is no such member.
    package static func property(_ name: String, of value: Value, _ runspace: Runspace) throws(Stop) -> Value? {
        switch name.folded {
        case "psobject" where !value.isNull: return .object(ObjectDescription(value, runspace))
        case "pstypenames" where !value.isNull:
            return .list(ListObject(value.typeNames.map { .string($0) }, kind: .collection))
        default: break
        }
        switch value {
        case .null, .nothing: return nil
        case .string(let text): return name.folded == "length" ? .count(text.length) : nil
        case .array(let array): return CollectionMembers.property(name, of: array)
        case .list(let list): return CollectionMembers.property(name, of: list)
        case .table(let table): return CollectionMembers.property(name, of: table)
        case .date(let date): return TimeMembers.property(name, of: date)
        case .span(let span): return TimeMembers.property(name, of: span)
        case .symbol(let symbol): return name.folded == "value__" ? .count(Int(symbol.number)) : nil
        case .version(let version):
            switch name.folded {
            case "major": return .int(version.major)
            case "minor": return .int(version.minor)
            case "build": return .int(version.build)
            case "revision": return .int(version.revision)
            default: return nil
            }
        case .type(let type):
            switch name.folded {
            case "name": return .string(type.name)
            case "fullname": return .string(type.fullName)
            case "namespace": return .string(type.namespace)
            case "isarray": return .bool(type.isArray)
            case "isenum": return .bool(type.enumType != nil)
            case "basetype": return type.bases.first.map { .type(RuntimeType($0)) } ?? .null
            default: return nil
            }
        case .object(let object):
            if let member = object.added?[name] { return try read(member, name, of: object, runspace) }
            return try object.property(name)
        case .bool, .number, .char, .guid: return nil
        }
    }

    private static func read(_ member: PropertyBag.Member, _ name: String, of object: Object, _ runspace: Runspace)
        throws(Stop) -> Value?
    {
        switch member {
        case .note(let value): return value
        case .alias(let other):
            return other.folded == name.folded ? nil : try property(other, of: .object(object), runspace)
        case .script(let getter, _):
            guard let getter else { return .null }
            return try call(getter, on: .object(object), [], runspace.topFrame)
        case .method: return nil
        }
    }

    /// Runs a script member with `$this`.
    private static func call(_ block: ScriptBlock, on this: Value, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value
    {
        let sink = CollectingSink()
        try block.invoke(
            frame, item: nil, arguments: arguments.map { Argument(value: $0) }, newScope: true, input: [], output: sink,
            this: this)
        return sink.values.isEmpty ? .null : sink.result
    }

    /// Names of every property, added ones last, as formatting and `Select-Object *` list them.
    package static func propertyNames(of value: Value) -> [String] {
        switch value {
        case .object(let object):
            let added =
                object.added?.all.filter { if case .method = $0.member { false } else { true } }.map(\.name) ?? []
            let own = object.propertyNames
            return own + added.filter { name in !own.contains { $0.folded == name.folded } }
        case .string: return ["Length"]
        case .array, .list: return CollectionMembers.propertyNames
        case .table: return CollectionMembers.tablePropertyNames
        case .date: return TimeMembers.datePropertyNames
        case .span: return TimeMembers.spanPropertyNames
        case .version: return ["Major", "Minor", "Build", "Revision"]
        case .type: return ["Name", "FullName", "Namespace", "BaseType", "IsArray", "IsEnum"]
        case .guid: return ["Guid"]
        case .null, .nothing, .bool, .number, .char, .symbol: return []
        }
    }

    // MARK: Writing

    static func set(_ name: String, of target: Value, to value: Value, isStatic: Bool, _ frame: Frame) throws(Stop) {
        switch target {
        case .null, .nothing:
            throw .runtime(
                "PropertyNotFound", .invalidOperation,
                "The property '\(name)' cannot be found on this object. Verify that the property exists and can be set."
            )
        case .table(let table) where !isStatic:
            table[.string(name)] = value
            return
        case .object(let object) where !isStatic:
            switch object.added?[name] {
            case .note:
                object.added?[name] = .note(value)
                return
            case .alias(let other): return try set(other, of: target, to: value, isStatic: false, frame)
            case .script(_, let setter?):
                _ = try call(setter, on: target, [value], frame)
                return
            case .script(_, nil):
                throw .runtime(
                    "SetValueNoSetter", .invalidOperation, "Set accessor for property \"\(name)\" is unavailable.",
                    exception: "System.Management.Automation.SetValueException")
            case .method, nil: break
            }
            if try object.setProperty(name, to: value) { return }
            if try object.property(name) != nil {
                throw .runtime(
                    "PropertyAssignmentException", .invalidOperation, "'\(name)' is a ReadOnly property.",
                    exception: "System.Management.Automation.SetValueInvocationException")
            }
        default: break
        }
        throw .runtime(
            "PropertyNotFound", .invalidOperation,
            "The property '\(name)' cannot be found on this object. Verify that the property exists and can be set.")
    }

    // MARK: Calling

    static func invoke(_ name: String, on target: Value, _ arguments: [Value], isStatic: Bool, _ frame: Frame)
        throws(Stop)
        -> Value
    {
        if isStatic, case .type(let type) = target { return try StaticMembers.invoke(name, of: type, arguments, frame) }
        if target.isNull {
            throw .runtime(
                "InvokeMethodOnNull", .invalidOperation, "You cannot call a method on a null-valued expression.")
        }
        do throws(Stop) {
            if let result = try own(name, on: target, arguments, frame) { return result }
        } catch {
            throw wrapped(error, name, arguments.count)
        }
        if let elements = target.elements {
            var results: [Value] = []
            for element in elements {
                let result = try invoke(name, on: element, arguments, isStatic: false, frame)
                if !result.isNothing { results.append(result) }
            }
            return results.isEmpty ? .nothing : results.count == 1 ? results[0] : .array(results)
        }
        throw .runtime(
            "MethodNotFound", .invalidOperation,
            "Method invocation failed because [\(target.typeName.fullName)] does not contain a method named '\(name)'.")
    }

    /// A failure inside a method arrives as .NET's invocation exception around it.
    private static func wrapped(_ stop: Stop, _ name: String, _ count: Int) -> Stop {
        guard let record = stop.record, record.errorID.hasPrefix("!") else { return stop }
        let id = String(record.errorID.dropFirst())
        return .runtime(
            id, .notSpecified,
            "Exception calling \"\(name)\" with \"\(count)\" argument(s): \"\(record.exception.message)\"",
            exception: "System.Management.Automation.MethodInvocationException", inner: record.exception)
    }

    /// An exception a .NET method would throw: `invoke` wraps it. Its id is the exception's short name.
    static func exception(_ type: String, _ message: String) -> Stop {
        let name = type.split(separator: ".").last.map(String.init) ?? type
        return .runtime("!" + name, .notSpecified, message, exception: type)
    }

    /// Too many or too few arguments for a method that exists.
    static func overload(_ name: String, _ count: Int) -> Stop {
        .runtime(
            "MethodCountCouldNotFindBest", .notSpecified,
            "Cannot find an overload for \"\(name)\" and the argument count: \"\(count)\".",
            exception: "System.Management.Automation.MethodException")
    }

    private static func own(_ name: String, on target: Value, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        if case .object(let object) = target, case .method(let block)? = object.added?[name] {
            return try call(block, on: target, arguments, frame)
        }
        let specific: Value? =
            switch target {
            case .string(let text): try StringMembers.invoke(name, on: text, arguments, frame)
            case .char(let unit): try StringMembers.invoke(name, on: String(units: [unit]), arguments, frame)
            case .array(let array): try CollectionMembers.invoke(name, on: array, arguments, frame)
            case .list(let list): try CollectionMembers.invoke(name, on: list, arguments, frame)
            case .table(let table): try CollectionMembers.invoke(name, on: table, arguments, frame)
            case .date(let date): try TimeMembers.invoke(name, on: date, arguments, frame)
            case .span(let span): try TimeMembers.invoke(name, on: span, arguments, frame)
            case .object(let object): try ObjectMembers.invoke(name, on: object, arguments, frame)
            case .null, .nothing, .bool, .number, .symbol, .guid, .version, .type: nil
            }
        if let specific { return specific }
        return try universal(name, on: target, arguments, frame)
    }

    /// What every object has.
    private static func universal(_ name: String, on target: Value, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value?
    {
        switch (name.folded, arguments.count) {
        case ("tostring", 0): return .string(try text(target, frame))
        case ("tostring", _):
            return .string(try CompositeFormat.text(target, format: arguments[0].display, frame.runspace))
        case ("gettype", 0): return .type(target.typeName)
        case ("equals", 1): return .bool(Comparison.equal(target, arguments[0], caseSensitive: true, frame.runspace))
        case ("compareto", 1):
            return .int(Int32(try Comparison.order(target, arguments[0], caseSensitive: true, frame.runspace)))
        case ("gethashcode", 0): return .int(Int32(truncatingIfNeeded: target.display.hashValue))
        case ("hasflag", 1):
            guard case .symbol(let symbol) = target,
                case .symbol(let flag) = try Conversion.convert(arguments[0], to: target.typeName)
            else { return nil }
            return .bool(symbol.number & flag.number == flag.number)
        default: return nil
        }
    }

    /// `ToString()`, an added script method included.
    static func text(_ value: Value, _ frame: Frame) throws(Stop) -> String {
        if case .object(let object) = value, case .method(let block)? = object.added?["ToString"] {
            return try call(block, on: value, [], frame).display
        }
        return value.scalarText
    }
}
