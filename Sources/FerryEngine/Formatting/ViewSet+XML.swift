package import FerryCore
import Foundation

extension ViewSet {
    /// Adds the table and list views of a `*.format.ps1xml` file.
    ///
    /// Source of the shape: the public reference about_Format.ps1xml. Custom controls are skipped.
    ///
    /// - Parameter first: its views are used before those of other files.
    /// - Throws: `FormattingFault.viewFileUnreadable` naming the file and the reason; nothing is added then.
    package mutating func load(contentsOf path: String, first: Bool = false) throws(Failure) {
        func failure(_ reason: String) -> Failure {
            Failure(
                FormattingFault.viewFileUnreadable, "The views of '\(path)' could not be loaded: \(reason)",
                target: path)
        }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw failure("\(error.localizedDescription).")
        }
        guard data.count <= 16 << 20 else { throw failure("The file is too large.") }
        let document: XMLTree
        // A byte order mark is no text.
        let text = String(decoding: data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data, as: UTF8.self)
        do throws(XMLReader.Failed) { document = try XMLReader.read(text) } catch { throw failure(error.reason) }
        guard let root = document.root, root.name == "Configuration" else {
            throw failure("Its root element is not Configuration.")
        }
        let read = root.elements(forName: "ViewDefinitions").flatMap { $0.elements(forName: "View") }
        replace(file: path, with: read.compactMap { Self.view($0) }, first: first)
    }

    private static func view(_ element: XMLTree) -> FormatView? {
        let types = element.first("ViewSelectedBy")?.elements(forName: "TypeName").map(\.trimmed) ?? []
        guard !types.isEmpty, let shape = shape(of: element) else { return nil }
        var groupBy: FormatColumn?
        if let group = element.first("GroupBy"), let expression = expression(group) {
            let name = if case .property(let name) = expression { name } else { "" }
            groupBy = FormatColumn(label: group.first("Label")?.trimmed ?? name, expression: expression)
        }
        return FormatView(
            name: element.first("Name")?.trimmed ?? "", typeNames: types, shape: shape, groupBy: groupBy,
            wraps: firstRow(of: element)?.first("Wrap") != nil)
    }

    private static func firstRow(of element: XMLTree) -> XMLTree? {
        element.first("TableControl")?.first("TableRowEntries")?.first("TableRowEntry")
    }

    private static func shape(of element: XMLTree) -> FormatView.Shape? {
        if let table = element.first("TableControl") {
            let headers = table.first("TableHeaders")?.elements(forName: "TableColumnHeader") ?? []
            let items =
                firstRow(of: element)?.first("TableColumnItems")?.elements(forName: "TableColumnItem") ?? []
            var columns: [FormatColumn] = []
            for (index, item) in items.enumerated() {
                guard let expression = expression(item) else { return nil }
                let header = index < headers.count ? headers[index] : nil
                let name = if case .property(let name) = expression { name } else { "" }
                columns.append(
                    FormatColumn(
                        label: header?.first("Label")?.trimmed ?? name, expression: expression,
                        width: header?.first("Width").flatMap { Int($0.trimmed) }.flatMap { $0 > 0 ? $0 : nil },
                        alignment: (header?.first("Alignment") ?? item.first("Alignment")).flatMap {
                            alignment($0.trimmed)
                        },
                        formatString: item.first("FormatString")?.trimmed))
            }
            guard !columns.isEmpty else { return nil }
            return .table(
                columns, hidesHeaders: table.first("HideTableHeaders") != nil,
                isAutoSized: table.first("AutoSize") != nil)
        }
        if let list = element.first("ListControl") {
            let items =
                list.first("ListEntries")?.first("ListEntry")?.first("ListItems")?.elements(forName: "ListItem") ?? []
            var lines: [FormatColumn] = []
            for item in items {
                guard let expression = expression(item) else { return nil }
                let name = if case .property(let name) = expression { name } else { "" }
                lines.append(
                    FormatColumn(
                        label: item.first("Label")?.trimmed ?? name, expression: expression,
                        formatString: item.first("FormatString")?.trimmed))
            }
            return lines.isEmpty ? nil : .list(lines)
        }
        if let wide = element.first("WideControl") {
            let item = wide.first("WideEntries")?.first("WideEntry")?.first("WideItem")
            guard let item, let expression = expression(item) else { return nil }
            let column = FormatColumn(
                label: "", expression: expression, formatString: item.first("FormatString")?.trimmed)
            let count = wide.first("AutoSize") != nil ? 0 : wide.first("ColumnNumber").flatMap { Int($0.trimmed) } ?? 2
            return .wide(column, columns: max(count, 0))
        }
        return nil
    }

    /// Case does not matter in a view file.
    private static func alignment(_ text: String) -> ColumnAlignment? {
        [ColumnAlignment.left, .center, .right].first { $0.rawValue.folded == text.folded }
    }

    private static func expression(_ element: XMLTree) -> FormatExpression? {
        if let name = element.first("PropertyName") { return .property(name.trimmed) }
        if let block = element.first("ScriptBlock") { return .source(block.trimmed) }
        return nil
    }
}

extension XMLTree {
    fileprivate func elements(forName name: String) -> [XMLTree] {
        children.filter { $0.kind == .element && $0.name == name }
    }
    fileprivate func first(_ name: String) -> XMLTree? {
        children.first { $0.kind == .element && $0.name == name }
    }
    fileprivate var trimmed: String { innerText.trimmed }
}
