import FerryLanguage

/// A call that goes straight to its function, without a pipeline, a stage or a binder around it.
enum FunctionCall {
    static func run(_ plan: CallPlan, _ values: [Value], _ frame: Frame, _ output: Sink) throws(Stop) {
        let runspace = frame.runspace
        try runspace.checkDepth()
        if !frame.context.isAt(plan.range) { frame.context.position = plan.range }
        let function = plan.function
        let session = function.session
        let caller = frame.scope
        let outer: Scope = caller.belongs(to: session) ? caller : (session.current ?? session.top)
        let compiled = function.compiled
        var scope: Scope
        if let spare = compiled.takeSpareScope(), spare.belongs(to: session) {
            scope = spare
            scope.renew(parent: outer)
        } else {
            scope = Scope(parent: outer, kind: .local, session: session, layout: compiled.layout)
        }
        var other: Scope? = scope
        session.exchangeCurrent(&other)
        defer {
            session.exchangeCurrent(&other)
            other = nil
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
        let context = CallContext(caller: frame.context, plan, values)
        let inner = Frame(runspace: frame.runspace, scope: scope, streams: frame.streams, context: context)
        if plan.takesLoose { inner.arguments = plan.loose(values) }
        for index in plan.places.indices { try assign(index, plan, values, inner) }
        try ScriptBlock.run(compiled.body, inner, output)
    }

    @inline(__always)
    private static func assign(_ index: Int, _ plan: CallPlan, _ values: [Value], _ inner: Frame) throws(Stop) {
        let step = plan.places[index].step
        if step >= 0, !plan.places[index].isTyped {
            return inner.scope.fill(plan.places[index].slot, plan.places[index].name, values[step])
        }
        try assignTyped(plan.places[index], index, plan, values, inner)
    }

    private static func assignTyped(
        _ place: CallPlan.Place, _ index: Int, _ plan: CallPlan, _ values: [Value], _ inner: Frame
    ) throws(Stop) {
        let value: Value
        if place.step >= 0 {
            value = values[place.step]
        } else if let node = place.defaultValue {
            value = try defaultValue(node, plan, index, values, inner)
        } else {
            value = ParameterBinder.unboundValue(place.unbound)
        }
        let variable = Variable(place.name, value)
        if let type = place.type { variable.type = type }
        inner.scope.fill(place.slot, variable)
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
