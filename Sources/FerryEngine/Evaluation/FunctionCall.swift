import FerryLanguage

/// A call that goes straight to its function, without a pipeline, a stage or a binder around it.
enum FunctionCall {
    static func run(_ plan: CallPlan, _ values: [Value], _ frame: Frame, _ output: Sink) throws(Stop) {
        let runspace = frame.runspace
        try runspace.checkDepth()
        frame.context.position = plan.range
        let function = plan.function
        let session = function.session
        let caller = frame.scope
        let outer: Scope = session === caller.session ? caller : (session.current ?? session.top)
        let compiled = function.compiled
        var scope: Scope
        if let spare = compiled.spareScope, spare.session === session {
            compiled.spareScope = nil
            scope = spare
            scope.renew(parent: outer)
        } else {
            scope = Scope(parent: outer, kind: .local, session: session, layout: compiled.layout)
        }
        let saved = session.current
        session.current = scope
        defer {
            session.current = saved
            if isKnownUniquelyReferenced(&scope) {
                scope.clear()
                compiled.spareScope = scope
            }
        }
        do throws(Stop) {
            try run(compiled, plan, values, scope, frame, output)
        } catch {
            runspace.lastSucceeded = false
            throw error
        }
        runspace.lastSucceeded = true
    }

    /// The body, in a frame that is gone when it is over.
    @inline(never)
    private static func run(
        _ compiled: CompiledBlock, _ plan: CallPlan, _ values: [Value], _ scope: Scope, _ frame: Frame, _ output: Sink
    ) throws(Stop) {
        let context = CallContext(caller: frame.context, DirectCall(plan: plan, values: values))
        let inner = Frame(
            runspace: frame.runspace, scope: scope, streams: frame.streams, context: context,
            arguments: plan.loose(values))
        if let parameters = compiled.parameters { try assign(parameters, plan, values, inner) }
        if let end = compiled.end { try ScriptBlock.run(end, inner, output) }
    }

    private static func assign(_ parameters: CompiledParameters, _ plan: CallPlan, _ values: [Value], _ inner: Frame)
        throws(Stop)
    {
        let items = parameters.items
        for slot in items.indices {
            let value: Value
            if let step = plan.stepOfSlot[slot] {
                value = values[step]
            } else if let node = items[slot].defaultValue {
                value = try defaultValue(node, plan, slot, values, inner)
            } else {
                value = ParameterBinder.unboundValue(plan.signature.parameters[slot].type)
            }
            let variable = Variable(items[slot].declaration.name, value)
            if plan.signature.parameters[slot].isTyped {
                let type = plan.signature.parameters[slot].type
                if case .object = type.kind {} else { variable.type = type }
            }
            inner.scope.fill(items[slot].slot, variable)
        }
    }

    private static func defaultValue(
        _ node: ExpressionNode, _ plan: CallPlan, _ slot: Int, _ values: [Value], _ inner: Frame
    ) throws(Stop) -> Value {
        let value = try node.evaluate(inner)
        let spec = plan.signature.parameters[slot]
        if CallPlan.fits(value, spec.type), !value.isNothing { return value }
        do throws(Stop) {
            return try Conversion.convert(value, to: spec.type, inner.runspace)
        } catch {
            guard let record = error.record, let invocation = inner.context.invocation else { throw error }
            let binder = try ParameterBinder(
                signature: plan.signature, plan.arguments(values), invocation, inner, isScript: true)
            throw binder.conversionFailure(record, spec)
        }
    }
}
