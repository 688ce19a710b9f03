/// `dynamicparam { … }`: parameters a function makes while it is called, from what is bound so far.
enum DynamicParameters {
    /// Runs the block with the static parameters as variables and reads the parameters out of what it puts out: a
    /// `RuntimeDefinedParameterDictionary`, or the parameters themselves.
    static func make(_ compiled: CompiledBlock, _ signature: Signature, _ request: StageRequest, _ outer: Frame)
        throws(Stop) -> [RuntimeParameterObject]
    {
        try make(compiled, signature, request.invocation, request.arguments, request.frame, outer)
    }

    /// The command with the parameters that these arguments would bring, without calling it.
    static func preview(_ function: FunctionCommand, _ arguments: [Argument], _ frame: Frame) throws(Stop) -> Signature?
    {
        guard let signature = function.signature, function.compiled.dynamicParameters != nil else { return nil }
        let invocation = Invocation(commandName: function.name, command: function, range: nil, invocationName: "")
        let outer = Frame(
            runspace: frame.runspace,
            scope: Scope(
                parent: function.session.current ?? function.session.top, kind: .local, session: function.session),
            streams: frame.streams,
            context: CallContext(
                caller: frame.context, invocation: invocation, scriptPath: nil, label: function.name))
        let made = try make(function.compiled, signature, invocation, arguments, frame, outer)
        for parameter in made where signature.parameter(named: parameter.spec.name) != nil {
            throw .runtime(
                "GetCommandMetadataError", .metadataError,
                "The parameter '\(parameter.spec.name)' of the command '\(function.name)' is defined more than once.",
                target: .string(function.name), exception: "System.Management.Automation.MetadataException")
        }
        return signature.adding(made.map(\.spec))
    }

    private static func make(
        _ compiled: CompiledBlock, _ signature: Signature, _ given: Invocation, _ arguments: [Argument],
        _ caller: Frame,
        _ outer: Frame
    ) throws(Stop) -> [RuntimeParameterObject] {
        guard let block = compiled.dynamicParameters else { return [] }
        let invocation = Invocation(
            commandName: given.commandName, command: given.command, range: given.range,
            invocationName: given.invocationName)
        invocation.expectsInput = given.expectsInput
        let context = CallContext(
            caller: caller.context, invocation: invocation, scriptPath: outer.context.scriptPath,
            label: outer.context.label)
        let scope = Scope(
            parent: outer.scope, kind: .local, session: outer.scope.session, layout: compiled.layout)
        let frame = Frame(runspace: outer.runspace, scope: scope, streams: outer.streams, context: context)
        let binder = try ParameterBinder(
            signature: signature, arguments, invocation, caller, isScript: true, isPreview: true)
        let sink = CollectingSink()
        try outer.runspace.entering(scope) { () throws(Stop) in
            if let parameters = compiled.parameters { try binder.assign(parameters, frame) }
            try ScriptBlock.run(block, frame, sink)
        }
        // What the block put into variables is there for the other blocks.
        for variable in scope.ownVariables where outer.scope.own(Symbol(variable.name)) == nil {
            outer.scope.put(Symbol(variable.name), variable)
        }
        var found: [RuntimeParameterObject] = []
        for value in sink.values {
            if case .table(let table) = value {
                found += table.values.compactMap { $0.asObject as? RuntimeParameterObject }
            } else if let parameter = value.asObject as? RuntimeParameterObject {
                found.append(parameter)
            }
        }
        return found
    }
}

extension Signature {
    /// The same command with further parameters behind its own.
    func adding(_ specs: [ParameterSpec]) -> Signature {
        var own = Array(parameters[..<ownCount])
        for spec in specs where !own.contains(where: { $0.key == spec.key }) { own.append(spec) }
        var names = sets.filter { $0 != ParameterSpec.allSets }
        for spec in specs {
            for set in spec.roles.keys.sorted() where set != ParameterSpec.allSets && !names.contains(set) {
                names.append(set)
            }
        }
        var copy = Signature(
            name: name, typeName: typeName, impact: impact, defaultSet: defaultSet, outputs: outputs,
            specs: own, sets: names, hasCommonParameters: hasCommonParameters)
        copy.takesLooseArguments = takesLooseArguments
        return copy
    }
}

/// `RuntimeDefinedParameter`: a parameter as a script makes it; after binding, also its value.
package final class RuntimeParameterObject: Object {
    private var name: String
    private var type: RuntimeType
    private let attributes: ListObject
    private var value: Value = .null
    private var isSet = false

    init(_ name: String, _ type: RuntimeType, _ attributes: [Value]) {
        self.name = name
        self.type = type
        self.attributes = ListObject(attributes, kind: .collection)
    }

    private static let typeName = RuntimeType("System.Management.Automation.RuntimeDefinedParameter")
    package override var typeName: RuntimeType { Self.typeName }
    package override var propertyNames: [String] { ["Name", "ParameterType", "Value", "IsSet", "Attributes"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "parametertype": .type(type)
        case "value": value
        case "isset": .bool(isSet)
        case "attributes": .list(attributes)
        default: nil
        }
    }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch name.folded {
        case "name": self.name = value.display
        case "parametertype": if case .type(let type) = value { self.type = type }
        case "value":
            self.value = value
            isSet = true
        case "isset": isSet = value.isTrue
        default: return false
        }
        return true
    }

    func bind(_ value: Value) {
        self.value = value
        isSet = true
    }

    var spec: ParameterSpec {
        var spec = ParameterSpec(name: name, type: type)
        for attribute in attributes.elements {
            if let attribute = attribute.asObject as? AttributeObject { attribute.apply(to: &spec) }
        }
        if spec.roles.isEmpty { spec.roles[ParameterSpec.allSets] = ParameterRole() }
        return spec
    }

    static let members = TypeMembers("System.Management.Automation.RuntimeDefinedParameter") {
        $0.make { call throws(Stop) in
            if call.count == 0 { return .object(RuntimeParameterObject("", .object, [])) }
            guard call.count == 3, case .type(let type) = try call.convert(1, .type) else { throw call.noOverload() }
            let attributes = call.arguments[2].elements ?? (call.arguments[2].isNull ? [] : [call.arguments[2]])
            return .object(RuntimeParameterObject(try call.string(0), type, attributes))
        }
    }

    static let dictionary = TypeMembers("System.Management.Automation.RuntimeDefinedParameterDictionary") {
        $0.make { _ throws(Stop) in .table(TableObject(kind: .ordered)) }
    }
}
