/// Copies everything that has identity, cycles included.
struct ValueCopier {
    /// Deeper nesting is cut off: recursion must end somewhere, and no script nests this deep.
    private static let depthLimit = 200
    private var copies: [ObjectIdentifier: Value] = [:]
    /// Copied originals stay alive: a freed one's identity could be given to another object.
    private var originals: [AnyObject] = []
    private var depth = 0

    mutating func copy(_ value: Value) -> Value {
        switch value {
        case .null, .nothing, .bool, .number, .char, .string, .symbol, .date, .span, .guid, .version, .type:
            return value
        case .array(let array):
            let made = ArrayObject([], of: array.elementType)
            return once(array, .array(made)) { copier in made.elements = array.elements.map { copier.copy($0) } }
        case .list(let list):
            let made = ListObject([], kind: list.kind, of: list.elementType)
            made.isReadOnly = list.isReadOnly
            return once(list, .list(made)) { copier in made.elements = list.elements.map { copier.copy($0) } }
        case .table(let table):
            let made = TableObject(
                kind: table.kind, caseSensitive: table.isCaseSensitive, keyType: table.keyType,
                valueType: table.valueType)
            return once(table, .table(made)) { copier in
                for (key, item) in table.pairs { made[copier.copy(key)] = copier.copy(item) }
            }
        case .object(let object):
            if let known = copies[ObjectIdentifier(object)] { return known }
            if let custom = object as? CustomObject {
                let made = CustomObject()
                made.insertedTypeNames = custom.insertedTypeNames
                return once(object, .object(made)) { copier in
                    if let added = custom.added { made.added = copier.copy(added) }
                }
            }
            guard depth < Self.depthLimit else { return .string("…") }
            depth += 1
            defer { depth -= 1 }
            let made = duplicate(object)
            if !(made is SnapshotObject) || object is SnapshotObject {
                made.insertedTypeNames = object.insertedTypeNames
            }
            copies[ObjectIdentifier(object)] = .object(made)
            originals.append(object)
            if let added = object.added { made.added = copy(added) }
            return .object(made)
        }
    }

    private mutating func once(
        _ original: AnyObject, _ made: Value, _ fill: (inout ValueCopier) -> Void
    ) -> Value {
        if let known = copies[ObjectIdentifier(original)] { return known }
        guard depth < Self.depthLimit else { return .string("…") }
        copies[ObjectIdentifier(original)] = made
        originals.append(original)
        depth += 1
        fill(&self)
        depth -= 1
        return made
    }

    private mutating func copy(_ bag: PropertyBag) -> PropertyBag {
        var made = PropertyBag()
        for (name, member) in bag.all {
            switch member {
            case .note(let value): made[name] = .note(copy(value))
            case .alias(let other): made[name] = .alias(other)
            case .script(let getter, let setter):
                made[name] = .script(get: getter.map(Self.copy), set: setter.map(Self.copy))
            case .method(let block): made[name] = .method(Self.copy(block))
            }
        }
        return made
    }

    /// The code without its session; compiled anew, because compiled code remembers what it found in its runspace.
    private static func copy(_ block: ScriptBlock) -> ScriptBlock {
        ScriptBlock(Compiler.compile(block.compiled.syntax, layout: Layout()), session: nil)
    }

    /// A new object without the members `added` to this one.
    private mutating func duplicate(_ object: Object) -> Object {
        switch object {
        case let block as ScriptBlock: return Self.copy(block)
        case let noun as AnyNounObject: return noun.duplicate()
        case let record as ErrorRecord: return copy(record)
        case let exception as ExceptionObject: return copy(exception)
        case let record as InformationRecord:
            let made = InformationRecord(copy(record.message), tags: record.tags, source: record.source)
            made.time = record.time
            made.foreground = record.foreground
            made.background = record.background
            made.endsWithNewline = record.endsWithNewline
            return made
        case let record as MessageRecord: return MessageRecord(record.stream, record.message)
        case let toggle as SwitchObject: return SwitchObject(toggle.isPresent)
        case let extended as ExtendedObject: return ExtendedObject(extended.base)
        case let uri as UriObject: return UriObject(uri.text)
        case let address as AddressObject: return AddressObject(address.text) ?? snapshot(object)
        case let big as BigIntegerObject: return BigIntegerObject(big.number)
        case let time as DateTimeOffsetObject:
            return DateTimeOffsetObject(clock: time.clock, offsetMinutes: time.offsetMinutes)
        case let path as PathObject: return PathObject(path.text)
        case let hosted as HostedObject where hosted.body.isImmutable: return HostedObject(hosted.body)
        default: return snapshot(object)
        }
    }

    private mutating func snapshot(_ object: Object) -> SnapshotObject {
        var bag = PropertyBag()
        for name in object.propertyNames {
            // A property that fails is missing from the snapshot, as it is from a serialized object.
            guard let value = try? object.property(name) else { continue }
            bag[name] = .note(copy(value))
        }
        return SnapshotObject(
            typeNames: object.typeNames, text: object.text, properties: bag,
            elements: object.enumerated.map { elements in elements.map { copy($0) } })
    }

    private mutating func copy(_ exception: ExceptionObject) -> ExceptionObject {
        let made = ExceptionObject(
            exception.exceptionType.fullName, exception.message, inner: exception.inner.map { copy($0) })
        made.details = exception.details.map { (name: $0.name, value: copy($0.value)) }
        return made
    }

    private mutating func copy(_ record: ErrorRecord) -> ErrorRecord {
        let made = ErrorRecord(
            copy(record.exception), errorID: record.errorID, category: record.category, target: copy(record.target))
        made.commandTypeName = record.commandTypeName
        made.activity = record.activity
        made.reason = record.reason
        made.targetName = record.targetName ?? CategoryInfo(record).targetName
        made.targetType = record.targetType ?? CategoryInfo(record).targetType
        made.detailsMessage = record.detailsMessage
        made.recommendedAction = record.recommendedAction
        made.scriptStackTrace = record.scriptStackTrace
        made.origin = record.origin
        made.position = record.position
        made.isThrown = record.isThrown
        made.diagnosis = record.diagnosis
        if let invocation = record.invocation {
            made.invocation = Invocation(
                commandName: invocation.commandName, range: invocation.range,
                invocationName: invocation.invocationName)
        }
        return made
    }
}
