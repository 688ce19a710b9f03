/// `ExtendedTypeDefinition`: the views of the objects of some types.
package final class FormatDataObject: HostedBody {
    package let types: [String]
    package let views: [FormatView]

    package init(_ types: [String], _ views: [FormatView]) {
        self.types = types
        self.views = views
    }

    package static let type = RuntimeType("System.Management.Automation.ExtendedTypeDefinition")
    package var typeName: RuntimeType { Self.type }
    package var text: String { types.first ?? "" }
    package var propertyNames: [String] { ["TypeNames", "FormatViewDefinition"] }

    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "typenames": .array(ArrayObject(types.map { .string($0) }, of: .string))
        case "typename": .string(types.first ?? "")
        case "formatviewdefinition": .list(ListObject(views.map { FormatViewObject($0).value }))
        default: nil
        }
    }
}

/// One view as scripts see it: `Name` and `Control`.
final class FormatViewObject: HostedBody {
    private let view: FormatView

    init(_ view: FormatView) { self.view = view }

    private static let type = RuntimeType("System.Management.Automation.FormatViewDefinition")
    var typeName: RuntimeType { Self.type }
    var text: String { "\(view.name) , \(view.shape.controlName)" }
    var propertyNames: [String] { ["Name", "Control"] }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(view.name)
        case "control": FormatControlObject(view).value
        default: nil
        }
    }
}

/// The columns or lines of a view.
final class FormatControlObject: HostedBody {
    private let view: FormatView

    init(_ view: FormatView) { self.view = view }

    var typeName: RuntimeType {
        RuntimeType(
            "System.Management.Automation.\(view.shape.controlName)",
            bases: ["System.Management.Automation.PSControl", "System.Object"])
    }

    private var columns: [FormatColumn] {
        switch view.shape {
        case .table(let columns, _, _), .list(let columns): columns
        case .wide(let column, _): [column]
        case .text, .page: []
        }
    }

    var propertyNames: [String] {
        switch view.shape {
        case .table: ["Headers", "Rows", "AutoSize", "HideTableHeaders", "GroupBy", "OutOfBand"]
        case .list: ["Entries", "GroupBy", "OutOfBand"]
        case .wide: ["Entries", "AutoSize", "Columns", "GroupBy", "OutOfBand"]
        case .text, .page: ["Entries", "GroupBy", "OutOfBand"]
        }
    }

    func property(_ name: String) throws(Stop) -> Value? {
        switch (name.folded, view.shape) {
        case ("headers", .table):
            return .list(
                ListObject(
                    columns.map { column in
                        Self.part([
                            ("Label", .string(column.label)), ("Alignment", Self.alignment(column)),
                            ("Width", .count(column.width ?? 0)),
                        ])
                    }))
        case ("rows", .table):
            let cells = columns.map { column in
                Self.part([
                    ("Alignment", Self.alignment(column)), ("DisplayEntry", Self.entry(column)),
                    ("FormatString", .optional(column.formatString)),
                ])
            }
            return .list(ListObject([Self.part([("Columns", .list(ListObject(cells))), ("Wrap", .bool(view.wraps))])]))
        case ("autosize", .table(_, _, let isAutoSized)): return .bool(isAutoSized)
        case ("hidetableheaders", .table(_, let hidesHeaders, _)): return .bool(hidesHeaders)
        case ("entries", .list):
            let lines = columns.map { column in
                Self.part([
                    ("Label", .string(column.label)), ("DisplayEntry", Self.entry(column)),
                    ("FormatString", .optional(column.formatString)),
                ])
            }
            return .list(ListObject([Self.part([("Items", .list(ListObject(lines)))])]))
        case ("entries", .wide):
            return .list(ListObject(columns.map { Self.part([("DisplayEntry", Self.entry($0))]) }))
        case ("autosize", .wide(_, let count)): return .bool(count == 0)
        case ("columns", .wide(_, let count)): return .count(count)
        case ("entries", _): return .list(ListObject([]))
        case ("groupby", _): return view.groupBy.map { Self.part([("Expression", Self.entry($0))]) } ?? .null
        case ("outofband", _): return .bool(false)
        default: return nil
        }
    }

    private static func part(_ pairs: [(String, Value)]) -> Value { .object(CustomObject(pairs)) }

    private static func alignment(_ column: FormatColumn) -> Value {
        .string(column.alignment?.rawValue ?? "Undefined")
    }

    private static func entry(_ column: FormatColumn) -> Value {
        let (kind, text) =
            switch column.expression {
            case .property(let name): ("Property", name)
            case .source(let source): ("ScriptBlock", source)
            case .block(let block): ("ScriptBlock", block.text)
            }
        return part([("ValueType", .string(kind)), ("Value", .string(text))])
    }
}
