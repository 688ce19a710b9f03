/// `.Where({ … }, mode, count)` and `.ForEach(…)`, which work on anything.
enum CollectionMethods {
    static func invoke(_ key: String, _ value: Value, _ arguments: [Value], _ frame: Frame) throws(Stop) -> Value? {
        switch key {
        case "where":
            guard let block = arguments.first?.asScriptBlock else { return nil }
            return try filter(value.elements ?? [value], block, arguments, frame)
        case "foreach":
            guard let first = arguments.first else { return nil }
            return try forEach(value.elements ?? [value], first, Array(arguments.dropFirst()), frame)
        default: return nil
        }
    }

    private static func collection(_ values: [Value]) -> Value { .list(ListObject(values, kind: .collection)) }

    private static func filter(_ elements: [Value], _ block: ScriptBlock, _ arguments: [Value], _ frame: Frame)
        throws(Stop) -> Value
    {
        let mode = arguments.count > 1 ? arguments[1].display.folded : "default"
        var limit = Int.max
        if arguments.count > 2, case .number(let number) = try Conversion.convert(arguments[2], to: .int32) {
            limit = Int(number.asInt64 ?? 0)
            if limit <= 0 { limit = Int.max }
        }
        func holds(_ item: Value) throws(Stop) -> Bool {
            try frame.runspace.interrupt.check()
            return Value.array(try block.collect(frame, item: item)).isTrue
        }
        var kept: [Value] = []
        var rest: [Value] = []
        switch mode {
        case "first":
            let count = limit == .max ? 1 : limit
            for item in elements {
                if kept.count >= count { break }
                if try holds(item) { kept.append(item) }
            }
        case "last":
            let count = limit == .max ? 1 : limit
            for item in elements where try holds(item) { kept.append(item) }
            kept = Array(kept.suffix(count))
        case "skipuntil":
            var found = false
            for item in elements {
                if !found { found = try holds(item) }
                if found, kept.count < limit { kept.append(item) }
            }
        case "until":
            for item in elements {
                if try holds(item) || kept.count >= limit { break }
                kept.append(item)
            }
        case "split":
            for item in elements {
                if kept.count < limit, try holds(item) { kept.append(item) } else { rest.append(item) }
            }
            return .array([collection(kept), collection(rest)])
        default:
            for item in elements {
                if kept.count >= limit { break }
                if try holds(item) { kept.append(item) }
            }
        }
        return collection(kept)
    }

    private static func forEach(_ elements: [Value], _ action: Value, _ arguments: [Value], _ frame: Frame) throws(Stop)
        -> Value
    {
        var results: [Value] = []
        for item in elements {
            try frame.runspace.interrupt.check()
            if let block = action.asScriptBlock {
                results += try block.collect(frame, item: item, arguments: arguments)
            } else if case .type(let type) = action {
                results.append(try Conversion.convert(item, to: type, frame.runspace))
            } else if arguments.isEmpty, let found = try Members.property(action.display, of: item, frame.runspace) {
                results.append(found)
            } else if arguments.count == 1, TypeCatalog.method(action.display.folded, of: item) == nil {
                try Members.set(action.display, of: item, to: arguments[0], isStatic: false, frame)
            } else {
                results.append(try Members.invoke(action.display, on: item, arguments, isStatic: false, frame))
            }
        }
        return collection(results)
    }
}
