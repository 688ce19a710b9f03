/// `$PSStyle` and its groups, as scripts see them.
package final class StyleObject: Object {
    package enum Part { case whole, formatting, progress, files, foreground, background }

    private let table: StyleTable
    private let part: Part

    package init(_ table: StyleTable, _ part: Part = .whole) {
        self.table = table
        self.part = part
    }

    private static let whole = RuntimeType("System.Management.Automation.PSStyle")
    private static func nested(_ name: String) -> RuntimeType {
        RuntimeType("System.Management.Automation.PSStyle+" + name)
    }
    private static let types: [Part: RuntimeType] = [
        .whole: whole, .formatting: nested("FormattingData"), .progress: nested("ProgressConfiguration"),
        .files: nested("FileInfoFormatting"), .foreground: nested("ForegroundColor"),
        .background: nested("BackgroundColor"),
    ]
    package override var typeName: RuntimeType { Self.types[part] ?? .object }

    private static let groups: [(name: String, part: Part)] = [
        ("Formatting", .formatting), ("Progress", .progress), ("FileInfo", .files), ("Foreground", .foreground),
        ("Background", .background),
    ]

    package override var propertyNames: [String] {
        switch part {
        case .whole: ["OutputRendering"] + StyleTable.attributes.map(\.name) + Self.groups.map(\.name)
        case .formatting: table.formats.map(\.name)
        case .progress: ["Style", "MaxWidth", "View", "UseOSCIndicator"]
        case .files: table.files.map(\.name) + ["Extension"]
        case .foreground, .background: StyleTable.colors(background: part == .background).map(\.name)
        }
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        let key = name.folded
        func text(_ list: [(name: String, value: String)]) -> Value? {
            list.first { $0.name.folded == key }.map { .string($0.value) }
        }
        switch part {
        case .whole:
            if key == "outputrendering" { return table.rendering.value }
            if let group = Self.groups.first(where: { $0.name.folded == key }) {
                return .object(StyleObject(table, group.part))
            }
            return text(StyleTable.attributes)
        case .formatting: return text(table.formats)
        case .progress:
            switch key {
            case "style": return .string(table.progressStyle)
            case "maxwidth": return .count(table.progressMaxWidth)
            case "view": return table.progressView.value
            case "useoscindicator": return .bool(table.usesProgressIndicator)
            default: return nil
            }
        case .files: return key == "extension" ? .table(table.extensions) : text(table.files)
        case .foreground, .background: return text(StyleTable.colors(background: part == .background))
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch (part, name.folded) {
        case (.whole, "outputrendering"):
            guard
                case .symbol(let symbol) = try Conversion.convert(
                    value, to: RuntimeType(enum: OutputRendering.enumType)),
                let rendering = OutputRendering(rawValue: symbol.text)
            else { return false }
            table.rendering = rendering
            return true
        case (.formatting, _): return try table.setFormatting(name, value.display)
        case (.files, _): return try table.setFile(name, value.display)
        case (.progress, "style"):
            table.progressStyle = try StyleTable.checked(value.display, "Style")
            return true
        case (.progress, "maxwidth"):
            guard case .number(let number) = try Conversion.convert(value, to: .int32), let width = number.asInt64
            else { return false }
            // Narrower than this, not even the words fit.
            guard width == 0 || width >= 18 else {
                throw StyleTable.refused(
                    "MaxWidth", "Specified argument was out of the range of valid values. (Parameter 'MaxWidth')",
                    "System.ArgumentOutOfRangeException")
            }
            table.progressMaxWidth = Int(width)
            return true
        case (.progress, "view"):
            guard
                case .symbol(let symbol) = try Conversion.convert(value, to: RuntimeType(enum: ProgressStyle.enumType)),
                let view = ProgressStyle(rawValue: symbol.text)
            else { return false }
            table.progressView = view
            return true
        case (.progress, "useoscindicator"):
            table.usesProgressIndicator = value.isTrue
            return true
        default: return false
        }
    }

    static let members: [TypeMembers] = [
        TypeMembers(whole.fullName) {
            $0.method("FormatHyperlink", "string FormatHyperlink(string text, uri link)", 2...2) { call throws(Stop) in
                let (text, link) = (try call.string(0), try call.string(1))
                return .string("\u{1B}]8;;\(link)\u{1B}\\\(text)\u{1B}]8;;\u{1B}\\")
            }
        },
        colorMembers(.foreground, 38), colorMembers(.background, 48),
    ]

    /// `FromRgb(0xff8800)`, `FromRgb(255, 136, 0)`.
    private static func colorMembers(_ part: Part, _ code: Int) -> TypeMembers {
        TypeMembers(types[part]?.fullName ?? "") {
            $0.method(
                "FromRgb", "string FromRgb(byte red, byte green, byte blue)\nstring FromRgb(uint rgb)", 1...3
            ) { call throws(Stop) in
                guard call.count != 2 else { throw call.noOverload() }
                var parts: [Int] = []
                if call.count == 1 {
                    let whole = Int(try call.long(0))
                    parts = [whole >> 16 & 0xFF, whole >> 8 & 0xFF, whole & 0xFF]
                } else {
                    for index in 0..<3 {
                        guard case .number(let number) = try call.convert(index, .byte) else { throw call.noOverload() }
                        parts.append(Int(number.asInt64 ?? 0))
                    }
                }
                return .string("\u{1B}[\(code);2;\(parts.map(String.init).joined(separator: ";"))m")
            }
        }
    }
}
