import FerryLanguage

extension Runspace: FormatSource {
    package var enumerationLimit: Int {
        guard case .number(let number)? = globalSession.current.value(of: Symbol("FormatEnumerationLimit")) else {
            return 4
        }
        return Int(number.asInt64 ?? 4)
    }

    /// For text that goes to a file, a string or a program: decorated only where `$PSStyle.OutputRendering` is Ansi.
    package func textRenderer(width: Int? = nil) -> FormatRenderer {
        var renderer = FormatRenderer(
            width: width ?? host.width, allowsColor: style.rendering == .ansi, style: style)
        renderer.keepsStrings = true
        return renderer
    }

    package func formatProperty(_ name: String, of value: Value) throws(Stop) -> Value? {
        try Members.property(name, of: value, self)
    }

    package func formatPropertyNames(of value: Value) -> [String] { Members.propertyNames(of: value, self) }

    package func formatDisplayProperties(of value: Value) -> [String]? {
        Members.standard(of: value, self)?.displayProperties
    }

    package func formatEvaluate(_ block: ScriptBlock, item: Value) throws(Stop) -> Value {
        let sink = CollectingSink()
        // An error that ends a statement ends the block: its cell is blank, and the format command tells why if it is asked to.
        let outer = propagatesErrors
        propagatesErrors = true
        defer { propagatesErrors = outer }
        try block.invoke(globalFrame, item: item, newScope: true, output: sink)
        return sink.result
    }

    package func formatEvaluate(source: String, item: Value) throws(Stop) -> Value {
        if let known = viewBlocks[source] { return try formatEvaluate(known, item: item) }
        let block = try makeScriptBlock(source)
        viewBlocks[source] = block
        return try formatEvaluate(block, item: item)
    }

    package func formatText(_ value: Value, format: String) throws(Stop) -> String {
        format.contains("{")
            ? try CompositeFormat.text(format, [value], self)
            : try CompositeFormat.text(value, format: format, self)
    }

    package func formatError(_ record: ErrorRecord) -> String { ErrorView.text(record, self) }
    package func formatExtendedError(_ record: ErrorRecord) -> String { ErrorView.extended(record, self) }
}
