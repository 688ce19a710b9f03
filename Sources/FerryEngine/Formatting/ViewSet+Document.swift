extension FormatView {
    /// Whether showing an object with this view runs code.
    package var hasScripts: Bool {
        let columns: [FormatColumn] =
            switch shape {
            case .table(let columns, _, _), .list(let columns): columns
            case .wide(let column, _): [column]
            case .text, .page: []
            }
        return (columns + (groupBy.map { [$0] } ?? [])).contains {
            if case .property = $0.expression { false } else { true }
        }
    }

    /// Views of other shapes have no form in files.
    fileprivate var isWritable: Bool {
        switch shape {
        case .table, .list, .wide: true
        case .text, .page: false
        }
    }
}

extension FormatView.Shape {
    /// The name of PowerShell's class for it.
    var controlName: String {
        switch self {
        case .table: "TableControl"
        case .list: "ListControl"
        case .wide: "WideControl"
        case .text, .page: "CustomControl"
        }
    }
}

extension ViewSet {
    /// The text of a view file, on one line as PowerShell writes it.
    ///
    /// Source of the shape: the public reference about_Format.ps1xml.
    package static func document(of views: [FormatView]) -> String {
        let all = views.filter(\.isWritable).map { element("View", body(of: $0)) }.joined()
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?><Configuration>" + element("ViewDefinitions", all)
            + "</Configuration>"
    }

    private static func element(_ name: String, _ body: String) -> String { "<\(name)>\(body)</\(name)>" }

    private static func element(_ name: String, text: String) -> String { element(name, XMLText.escaped(text)) }

    private static func body(of view: FormatView) -> String {
        let types = view.typeNames.map { element("TypeName", text: $0) }.joined()
        var text = element("Name", text: view.name) + element("ViewSelectedBy", types)
        if let group = view.groupBy {
            text += element("GroupBy", expression(group) + element("Label", text: group.label))
        }
        switch view.shape {
        case .table(let columns, let hidesHeaders, let isAutoSized):
            let headers = columns.map { element("TableColumnHeader", header($0)) }.joined()
            let items = columns.map { element("TableColumnItem", item($0)) }.joined()
            let row = (view.wraps ? "<Wrap />" : "") + element("TableColumnItems", items)
            return text
                + element(
                    "TableControl",
                    (isAutoSized ? "<AutoSize />" : "") + (hidesHeaders ? "<HideTableHeaders />" : "")
                        + element("TableHeaders", headers)
                        + element("TableRowEntries", element("TableRowEntry", row)))
        case .list(let lines):
            let items = lines.map { element("ListItem", element("Label", text: $0.label) + item($0)) }.joined()
            return text
                + element("ListControl", element("ListEntries", element("ListEntry", element("ListItems", items))))
        case .wide(let column, let count):
            return text
                + element(
                    "WideControl",
                    (count == 0 ? "<AutoSize />" : element("ColumnNumber", text: String(count)))
                        + element("WideEntries", element("WideEntry", element("WideItem", item(column)))))
        case .text, .page: return text
        }
    }

    private static func header(_ column: FormatColumn) -> String {
        element("Label", text: column.label) + (column.width.map { element("Width", text: String($0)) } ?? "")
            + (column.alignment.map { element("Alignment", text: $0.rawValue) } ?? "")
    }

    private static func item(_ column: FormatColumn) -> String {
        expression(column) + (column.formatString.map { element("FormatString", text: $0) } ?? "")
    }

    private static func expression(_ column: FormatColumn) -> String {
        switch column.expression {
        case .property(let name): element("PropertyName", text: name)
        case .source(let source): element("ScriptBlock", text: source)
        case .block(let block): element("ScriptBlock", text: block.text)
        }
    }
}
