import FerryLanguage

/// Every type scripts can name, and the members of those that have any.
package enum TypeCatalog {
    /// By folded full name.
    private static let tables: [String: TypeMembers] = {
        let all: [[TypeMembers]] = [
            ObjectMembers.tables, StringMembers.tables, NumberMembers.tables, CollectionMembers.tables,
            TimeMembers.tables, MathMembers.tables, FileMembers.tables, FileInfoMembers.tables, StreamMembers.tables,
            ProcessMembers.tables, JobMembers.tables,
            TimeZoneMembers.tables, SystemMembers.tables, EncodingMembers.tables, TextStreamMembers.tables,
            RegexMembers.tables,
            ScriptMembers.tables, WebMembers.tables, AttributeObject.members, XMLMembers.tables, ListMembers.tables,
            MemberObject.members, NetworkMembers.tables, CredentialMembers.tables, SecretMembers.tables,
            CultureMembers.tables, DigestMembers.tables, [PropertySet.members],
            StyleObject.members + [StyledTextObject.members],
            HostMembers.tables, ConsoleMembers.tables, CellObject.members, NullStandIn.members, ParserMembers.tables,
            TupleObject.tables,
            [
                EnumeratorObject.members, SemanticVersionObject.members, BigIntegerMembers.members,
                DateTimeOffsetMembers.members, TypeMembers(ParseErrorObject.type.fullName) { _ in },
                SteppableObject.members,
                RuntimeParameterObject.members,
                RuntimeParameterObject.dictionary,
                MemberObject.view, ModuleSpecification.members, ModuleObject.members, CommandObject.members,
                CompletionResultObject.members, PowerShellObject.members, CommandListObject.members,
                DataStreamsObject.members, RunspaceObject.members, RunspaceObject.factory,
                SessionStateObject.members,
                CommandCompletionObject.members,
            ],
        ]
        return Dictionary(all.joined().map { ($0.typeName.folded, $0) }, uniquingKeysWith: { first, _ in first })
    }()

    /// Types known by name that no accelerator names, by folded full name.
    private static let named: [String: RuntimeType] = {
        var types: [String: RuntimeType] = [:]
        for type in RuntimeType.accelerators.values { types[type.key] = type }
        for type in [RuntimeType.object, .arrayList, .errorRecord, .orderedHashtable] + RuntimeType.results {
            types[type.key] = type
        }
        let enumerations = [
            OutputRendering.enumType, ErrorView.enumType, ProgressStyle.enumType, PipelineStatus.enumType,
            CompletionResult.Kind.enumType,
        ]
        for type in EnumCatalog.all + enumerations { types[type.fullName.folded] = RuntimeType(enum: type) }
        for type in [
            BigIntegerObject.type, DateTimeOffsetObject.type, FileItem.fileType, FileItem.folderType,
            StreamObject.memoryType, StreamObject.fileType,
        ] {
            types[type.fullName.folded] = type
        }
        for name in tables.values.map(\.typeName) where types[name.folded] == nil {
            types[name.folded] = RuntimeType(name)
        }
        for name in [
            "System.Collections.IDictionary", "System.Collections.IList", "System.Collections.ICollection",
            "System.Collections.IEnumerable", "System.ValueType", "System.Enum", "System.IComparable",
            "System.Delegate",
            "System.Attribute", "System.Management.Automation.PSReference", "System.Management.Automation.CommandInfo",
            "System.Management.Automation.InvocationInfo", "System.Text.RegularExpressions.MatchEvaluator",
            "System.Management.Automation.WildcardPattern", "System.IO.FileSystemInfo", "System.IO.Stream",
            "System.Management.Automation.PathInfo", "System.Management.Automation.PSDriveInfo",
            "System.Management.Automation.ProviderInfo", "System.Net.ServicePointManager",
        ] { types[name.folded] = RuntimeType(name) }
        return types
    }()

    /// Full names of all types that can be named, in order.
    static var allNames: [String] { named.values.map(\.fullName).sorted() }

    private static let prefixes = [
        "", "system.", "system.management.automation.", "microsoft.powershell.commands.",
        "system.management.automation.language.",
    ]

    // MARK: Names

    /// A type by its name as text; `nil` if there is none.
    package static func resolve(_ text: String) -> RuntimeType? {
        guard let syntax = Parser.typeName(text.trimmed(of: "[] ").isEmpty ? text : text) else { return nil }
        return resolve(syntax)
    }

    private static func resolve(_ syntax: FerryLanguage.TypeName) -> RuntimeType? {
        switch syntax.shape {
        case .simple: return simple(syntax.name)
        case .array(let element, _): return resolve(element).map { RuntimeType.array(of: $0) }
        case .generic(let head, let arguments):
            let types = arguments.compactMap { resolve($0) }
            guard types.count == arguments.count else { return nil }
            return generic(head.name, types)
        }
    }

    private static func generic(_ name: String, _ arguments: [RuntimeType]) -> RuntimeType? {
        let key = name.folded.split(separator: "`").first.map(String.init) ?? ""
        let names: [String: String] = [
            "list": "System.Collections.Generic.List", "dictionary": "System.Collections.Generic.Dictionary",
            "queue": "System.Collections.Generic.Queue", "stack": "System.Collections.Generic.Stack",
            "hashset": "System.Collections.Generic.HashSet", "collection": "System.Collections.ObjectModel.Collection",
            "nullable": "System.Nullable",
        ]
        let last = key.split(separator: ".").last.map(String.init) ?? key
        guard let full = names[last] else { return nil }
        return .generic(full, arguments)
    }

    private static func simple(_ name: String) -> RuntimeType? {
        let key = name.folded
        if let known = RuntimeType.accelerators[key] { return known }
        if let member = MemberObject.types[key] { return member }
        for prefix in prefixes {
            if let known = named[prefix + key] { return known }
        }
        switch key {
        case "system.collections.queue", "collections.queue":
            return .generic("System.Collections.Generic.Queue", [.object])
        case "system.collections.stack", "collections.stack":
            return .generic("System.Collections.Generic.Stack", [.object])
        case "parameter", "alias", "allownull", "allowemptystring", "allowemptycollection", "validateset",
            "validaterange", "validatelength", "validatecount", "validatepattern", "validatescript", "validatenotnull",
            "validatenotnullorempty":
            return named["system.management.automation.\(key)attribute"]
        case "ref": return RuntimeType("System.Management.Automation.PSReference")
        default: break
        }
        return ExceptionTypes.named(name)
    }

    /// A type written in a script, or the error that there is none. `using namespace` lines of the file are honoured.
    static func resolve(_ syntax: FerryLanguage.TypeName, _ runspace: Runspace, at range: SourceRange, _ frame: Frame)
        throws(Stop) -> RuntimeType
    {
        if let type = resolve(syntax) { return type }
        if case .simple = syntax.shape {
            for namespace in runspace.namespaces {
                if let type = simple(namespace + "." + syntax.name) { return type }
            }
            if let type = runspace.registeredTypes[syntax.key] { return type }
        }
        if case .array(let element, _) = syntax.shape {
            return .array(of: try resolve(element, runspace, at: range, frame))
        }
        throw Stop.runtime(
            "TypeNotFound", .invalidOperation, "Unable to find type [\(syntax.name)].", target: .string(syntax.name)
        ).located(range, frame)
    }

    // MARK: Members

    /// The tables that apply to a value, most derived first.
    static func members(of value: Value) -> [TypeMembers] {
        var found: [TypeMembers] = []
        let _: Never? = first(of: value) { members in
            found.append(members)
            return nil
        }
        return found
    }

    /// A property of a value by its folded name.
    static func property(_ key: String, of value: Value) -> TypeMembers.Property? {
        first(of: value) { $0.property(key) }
    }

    /// A method of a value by its folded name.
    static func method(_ key: String, of value: Value) -> TypeMembers.Method? {
        first(of: value) { $0.method(key) }
    }

    /// What the first of the tables that apply to a value has, most derived first. Every member access of a script comes here:
    /// nothing is collected or made.
    @inline(__always)
    private static func first<Found>(of value: Value, _ find: (TypeMembers) -> Found?) -> Found? {
        guard !value.isNull else { return nil }
        let value = value.plain
        let type = value.typeName
        if let own = tables[type.key], let found = find(own) { return found }
        let common: TypeMembers?
        switch value {
        case .array: common = array
        case .list(let list):
            if let members = lists[list.kind], let found = find(members) { return found }
            common = anyList
        case .table: common = dictionary
        case .symbol: common = enumeration
        case .type: common = anyType
        case .number: common = number
        case .object:
            for base in type.bases {
                if let members = tables[base.folded], let found = find(members) { return found }
            }
            common = nil
        default: common = nil
        }
        if let common, let found = find(common) { return found }
        return object.flatMap(find)
    }

    private static let array = tables["system.array"]
    private static let anyList = tables["system.collections.ilist"]
    private static let dictionary = tables["system.collections.idictionary"]
    private static let enumeration = tables["system.enum"]
    private static let anyType = tables["system.type"]
    private static let number = tables["number"]
    private static let object = tables["system.object"]
    private static let lists: [ListObject.Kind: TypeMembers] = Dictionary(
        uniqueKeysWithValues: [.arrayList, .list, .collection, .queue, .stack, .hashSet].compactMap {
            (kind: ListObject.Kind) in tables["list:\(kind)".folded].map { (kind, $0) }
        })

    static func table(of type: RuntimeType) -> TypeMembers? {
        if let own = tables[type.key] { return own }
        switch type.kind {
        case .enumeration: return tables["system.enum"]
        case .exception: return tables["system.exception"]
        default: return nil
        }
    }

    // MARK: Tests

    /// `-is`
    static func value(_ value: Value, isA type: RuntimeType) -> Bool {
        if value.isNull { return false }
        let own = value.typeName
        if own.isA(type) { return true }
        if let base = value.asObject?.baseValue {
            switch type.kind {
            case .psObject, .customObject: return true
            default: return TypeCatalog.value(base, isA: type)
            }
        }
        let wanted = type.key
        switch value {
        case .array:
            return [
                "system.array", "system.collections.ienumerable", "system.collections.ilist",
                "system.collections.icollection",
            ]
            .contains(wanted) && !(type.isArray && type.fullName != "System.Array")
        case .list:
            return ["system.collections.ienumerable", "system.collections.ilist", "system.collections.icollection"]
                .contains(wanted)
        case .table:
            return [
                "system.collections.idictionary", "system.collections.icollection", "system.collections.ienumerable",
            ]
            .contains(wanted)
        case .string: return wanted == "system.collections.ienumerable" || wanted == "system.icomparable"
        case .object(let object):
            if object.insertedTypeNames.contains(where: { $0.folded == wanted }) { return true }
            switch type.kind {
            case .customObject, .psObject: return object is CustomObject
            default: return false
            }
        default: return wanted == "system.icomparable"
        }
    }

    /// Objects made from a value by a constructor of one argument, for types that have no kind of their own.
    static func construct(_ type: RuntimeType, from value: Value) throws(Stop) -> Value? {
        switch type.kind {
        case .uri: return .object(UriObject(value.display))
        case .ipAddress:
            let made: AddressObject? =
                if case .number(let number) = value.plain {
                    number.asInt64.flatMap { AddressObject(number: $0) }
                } else if let bytes = value.elements { AddressObject(bytes: SystemMembers.bytes(.array(bytes))) } else {
                    AddressObject(value.display)
                }
            guard let address = made else {
                throw Conversion.failed(
                    value, type, "An invalid IP address was specified.", id: "InvalidCastParseTargetInvocation",
                    inner: "System.FormatException")
            }
            return .object(address)
        default: break
        }
        if type.fullName == HostMembers.choiceType { return .object(ChoiceObject(Choice(value.display))) }
        if type.fullName == ModuleSpecification.type.fullName { return .object(try ModuleSpecification(value)) }
        if type.fullName == HostMembers.fieldType { return .object(FieldObject(value.display)) }
        if FileInfoMembers.makes(type) {
            guard !value.display.isEmpty else {
                throw Conversion.failed(
                    value, type, "The value cannot be an empty string. (Parameter 'path')",
                    id: "InvalidCastConstructorException", inner: "System.ArgumentException")
            }
            let path = value.display.hasPrefix("/") ? value.display : Location.processFolder + "/" + value.display
            return FileInfoMembers.make(type.fullName, PathText.normalized(path), written: value.display)
        }
        if type.fullName == "System.Text.StringBuilder" { return .object(StringBuilderObject(value.display)) }
        if type === BigIntegerObject.type {
            guard let number = BigIntegerObject.read(value) else {
                guard case .string = value.plain else { return nil }
                throw Conversion.failed(
                    value, type, "The value could not be parsed.", id: "InvalidCastParseTargetInvocation",
                    inner: "System.FormatException")
            }
            return .object(BigIntegerObject(number))
        }
        if type === DateTimeOffsetObject.type {
            guard let time = DateTimeOffsetObject.read(value) else {
                guard case .string(let text) = value.plain else { return nil }
                throw Conversion.failed(
                    value, type, "String '\(text)' was not recognized as a valid DateTime.",
                    id: "InvalidCastParseTargetInvocationWithFormatProvider", inner: "System.FormatException")
            }
            return .object(time)
        }
        if type === SemanticVersionObject.type {
            guard let version = SemanticVersionObject.read(value) else {
                throw Conversion.failed(
                    value, type, "The input string '\(value.display)' was not in a correct format.",
                    id: "InvalidCastParseTargetInvocation", inner: "System.FormatException")
            }
            return .object(version)
        }
        return nil
    }
}

/// Enumerations of .NET and PowerShell that scripts name.
enum EnumCatalog {
    static let dayOfWeek = EnumType("System.DayOfWeek", DateFormat.days)
    static let dateTimeKind = EnumType("System.DateTimeKind", ["Unspecified", "Utc", "Local"])
    static let stringComparison = EnumType(
        "System.StringComparison",
        [
            "CurrentCulture", "CurrentCultureIgnoreCase", "InvariantCulture", "InvariantCultureIgnoreCase", "Ordinal",
            "OrdinalIgnoreCase",
        ])
    static let splitOptions = EnumType(
        "System.StringSplitOptions", [("None", 0), ("RemoveEmptyEntries", 1), ("TrimEntries", 2)], flags: true)
    static let midpointRounding = EnumType(
        "System.MidpointRounding", ["ToEven", "AwayFromZero", "ToZero", "ToNegativeInfinity", "ToPositiveInfinity"])
    static let fileAttributes = EnumType(
        "System.IO.FileAttributes",
        [
            ("ReadOnly", 1), ("Hidden", 2), ("System", 4), ("Directory", 16), ("Archive", 32), ("Device", 64),
            ("Normal", 128), ("Temporary", 256), ("ReparsePoint", 1024),
        ], flags: true)
    static let dateTimeStyles = EnumType(
        "System.Globalization.DateTimeStyles",
        [
            ("None", 0), ("AllowLeadingWhite", 1), ("AllowTrailingWhite", 2), ("AllowInnerWhite", 4),
            ("AllowWhiteSpaces", 7),
            ("NoCurrentDateDefault", 8), ("AdjustToUniversal", 16), ("AssumeLocal", 32), ("AssumeUniversal", 64),
            ("RoundtripKind", 128),
        ], flags: true)
    static let weekRule = EnumType(
        "System.Globalization.CalendarWeekRule", ["FirstDay", "FirstFullWeek", "FirstFourDayWeek"])
    static let securityProtocol = EnumType(
        "System.Net.SecurityProtocolType",
        [("SystemDefault", 0), ("Ssl3", 48), ("Tls", 192), ("Tls11", 768), ("Tls12", 3072), ("Tls13", 12288)],
        flags: true)
    static let searchOption = EnumType("System.IO.SearchOption", ["TopDirectoryOnly", "AllDirectories"])
    static let specialFolder = EnumType(
        "System.Environment+SpecialFolder",
        [
            ("Desktop", 0), ("Personal", 5), ("MyDocuments", 5), ("ApplicationData", 26), ("LocalApplicationData", 28),
            ("CommonApplicationData", 35), ("UserProfile", 40),
        ])

    /// As `Get-Member -MemberType` takes them.
    private static let memberTypes = EnumType(
        "System.Management.Automation.PSMemberTypes",
        [
            ("AliasProperty", 1), ("CodeProperty", 2), ("Property", 4), ("NoteProperty", 8), ("ScriptProperty", 16),
            ("Properties", 31), ("PropertySet", 32), ("Method", 64), ("CodeMethod", 128), ("ScriptMethod", 256),
            ("Methods", 448), ("ParameterizedProperty", 512), ("MemberSet", 1024), ("Event", 2048), ("Dynamic", 4096),
            ("InferredProperty", 8192), ("All", 16383),
        ], flags: true)

    static let all: [EnumType] = [
        memberTypes,
        dayOfWeek, dateTimeKind, stringComparison, splitOptions, midpointRounding, fileAttributes, specialFolder,
        searchOption, dateTimeStyles, weekRule, securityProtocol,
        RegexOptions.enumType, ActionPreference.enumType, ErrorCategory.enumType, ConsoleColor.enumType,
        CommandType.enumType, ConfirmImpact.enumType, WildcardObject.options, DateTime.DisplayHint.enumType,
        ScopedItemOptions.enumType, ModuleObject.Kind.enumType,
        ModuleObject.AccessMode.enumType,
    ]
}
