/// The objects of a pipeline, one after the other.
extension ParameterBinder {
    /// Forgets what the previous object bound.
    func forgetInput() {
        for spec in boundFromInput {
            call.bindings.unbind(spec.slot)
            bound[spec.slot] = false
        }
        boundFromInput = []
    }

    /// Binds one pipeline object. Returns `false` after reporting that it fits no parameter.
    func bindInput(_ value: Value, _ io: CommandIO?) throws(Stop) -> Bool {
        if let soleInput, boundFromInput.count == 1 {
            if soleInput.takes(value) {
                call.bindings.rebind(soleInput.slot, to: soleInput.takesAnything ? value : value.plain)
                return true
            }
        }
        let didBind = try search(value, io)
        if didBind, !hasLookedForSoleInput { findSoleInput() }
        return didBind
    }

    /// Whether from now on every object is taken as it comes, without asking the binder: `Bindings.take`.
    func followsInput() -> Bool {
        guard let soleInput, soleInput.takesAnything, !soleInput.isMandatory, boundFromInput.count == 1 else {
            return false
        }
        call.bindings.followInput(soleInput.slot)
        return true
    }

    /// After the first object: whether later ones can go straight to its parameter.
    private func findSoleInput() {
        hasLookedForSoleInput = true
        guard delayed.isEmpty, boundFromInput.count == 1, boundFromInput[0].validations.isEmpty else { return }
        let takers = signature.places.input.filter { !bound[$0] || $0 == boundFromInput[0].slot }
            .map { signature.parameters[$0] }
        guard takers.count == 1, takers[0].roles.values.allSatisfy({ $0.pipeline == .byValue }) else { return }
        soleInput = SoleInput(takers[0])
    }

    private func search(_ value: Value, _ io: CommandIO?) throws(Stop) -> Bool {
        forgetInput()
        let saved = validSets
        defer { validSets = saved }
        var didBind = false
        for (spec, block) in delayed {
            let output = try block.collect(frame, item: value)
            guard !output.isEmpty else {
                throw failure(
                    "ScriptBlockArgumentNoOutput", .invalidArgument,
                    "Cannot evaluate parameter '\(spec.name)' because its argument input did not produce any output.",
                    parameter: spec.name)
            }
            try bindFromInput(spec, output.count == 1 ? output[0] : .array(output))
            didBind = true
        }
        var lastFailure: Stop?
        for coerces in [false, true] {
            if try bindByValue(value, coerces: coerces, &lastFailure) { didBind = true }
            if try bindByProperty(value, coerces: coerces, &lastFailure) { didBind = true }
        }
        guard didBind else {
            if let lastFailure, case .error(let record) = lastFailure {
                try reportInput(record, io)
                return false
            }
            try refuse(value, io)
            return false
        }
        call.parameterSet = inputSet()
        let missing = unsatisfied(call.parameterSet, countingInput: true)
        if !missing.isEmpty {
            let names = missing.map(\.name).joined(separator: ", ")
            let stop = failure(
                "InputObjectMissingMandatory", .invalidArgument,
                "The input object cannot be bound because it did not contain the information required to bind all "
                    + "mandatory parameters:  \(names)", parameter: missing[0].name, target: value)
            if let record = stop.record { try reportInput(record, io) }
            return false
        }
        return true
    }

    /// The error for an object that fits no parameter.
    func refuse(_ value: Value, _ io: CommandIO?) throws(Stop) {
        let stop = failure(
            "InputObjectNotBound", .invalidArgument,
            "The input object cannot be bound to any parameters for the command either because the command does not take "
                + "pipeline input or the input and its properties do not match any of the parameters that take pipeline "
                + "input.", parameter: "", target: value)
        if let record = stop.record { try reportInput(record, io) }
    }

    private func reportInput(_ record: ErrorRecord, _ io: CommandIO?) throws(Stop) {
        if let io { return try io.report(record) }
        try frame.runspace.handle(record, frame)
    }

    private func inputSet() -> String {
        if validSets.count == 1 { return validSets[0] }
        let complete = validSets.filter { unsatisfied($0, countingInput: true).isEmpty }
        if let set = signature.defaultSet, complete.contains(set) { return set }
        return complete.first ?? signature.defaultSet.flatMap { validSets.contains($0) ? $0 : nil } ?? validSets.first
            ?? signature.sets[0]
    }

    private func bindFromInput(_ spec: ParameterSpec, _ value: Value) throws(Stop) {
        let saved = (validSets, bound)
        do throws(Stop) {
            bound[spec.slot] = false
            try bind(spec, value)
            boundFromInput.append(spec)
        } catch {
            (validSets, bound) = saved
            throw error
        }
    }

    private func inputCandidates(_ binding: PipelineBinding) -> [ParameterSpec] {
        var found: [ParameterSpec] = []
        for slot in signature.places.input where !bound[slot] {
            let spec = signature.parameters[slot]
            if validSets.contains(where: { spec.role(in: $0)?.pipeline.contains(binding) == true }) {
                found.append(spec)
            }
        }
        return found.count < 2 ? found : found.sorted { rank($0) < rank($1) }
    }

    private func bindByValue(_ value: Value, coerces: Bool, _ lastFailure: inout Stop?) throws(Stop) -> Bool {
        var didBind = false
        for spec in inputCandidates(.byValue) {
            guard validSets.contains(where: { spec.role(in: $0)?.pipeline.contains(.byValue) == true }) else {
                continue
            }
            guard coerces || accepts(value, spec.type) else { continue }
            do throws(Stop) {
                try bindFromInput(spec, value)
                didBind = true
            } catch {
                guard case .error(let record) = error else { throw error }
                if !Self.isConversion(record) { lastFailure = error }
            }
        }
        return didBind
    }

    /// Whether an object only was of no type that the parameter takes: then it fits no parameter, and no more is said.
    private static func isConversion(_ record: ErrorRecord) -> Bool {
        record.errorID == "ParameterArgumentTransformationError" || record.errorID.hasPrefix("CannotConvertArgument")
    }

    private func bindByProperty(_ value: Value, coerces: Bool, _ lastFailure: inout Stop?) throws(Stop) -> Bool {
        var didBind = false
        for spec in inputCandidates(.byProperty) {
            guard validSets.contains(where: { spec.role(in: $0)?.pipeline.contains(.byProperty) == true }) else {
                continue
            }
            var found: Value?
            for name in [spec.name] + spec.aliases {
                found = try Members.property(name, of: value, frame.runspace)
                if found != nil { break }
            }
            guard let found, coerces || accepts(found, spec.type) else { continue }
            do throws(Stop) {
                try bindFromInput(spec, found)
                didBind = true
            } catch {
                guard case .error(let record) = error else { throw error }
                if !Self.isConversion(record) { lastFailure = error }
            }
        }
        return didBind
    }
}
