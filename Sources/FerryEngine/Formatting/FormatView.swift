/// Where a cell's value comes from.
package enum FormatExpression {
    case property(String)
    /// A script block of a calculated property; sees the object as `$_`.
    case block(ScriptBlock)
    /// A script block of a view file, compiled when it is first used.
    case source(String)
}

package enum ColumnAlignment: String, Sendable { case left = "Left", center = "Center", right = "Right" }

/// One column of a table or one line of a list.
package struct FormatColumn {
    package var label: String
    package var expression: FormatExpression
    /// Columns; nil sizes it by its content.
    package var width: Int?
    /// nil: by the first object's value, as PowerShell decides.
    package var alignment: ColumnAlignment?
    /// A .NET format string for the value.
    package var formatString: String?

    package init(
        label: String, expression: FormatExpression, width: Int? = nil, alignment: ColumnAlignment? = nil,
        formatString: String? = nil
    ) {
        self.label = label
        self.expression = expression
        self.width = width
        self.alignment = alignment
        self.formatString = formatString
    }
}

/// A view: how objects of some types are shown. Data, read from `*.format.ps1xml`.
package struct FormatView {
    package enum Shape {
        case table([FormatColumn], hidesHeaders: Bool)
        case list([FormatColumn])
    }

    package var name: String
    /// Full type names, as written.
    package var typeNames: [String]
    package var shape: Shape
    package var groupBy: FormatColumn?

    package var isTable: Bool { if case .table = shape { true } else { false } }
}

/// Every view that was loaded, found by type name and in the order of loading.
package struct ViewSet {
    private var views: [String: [FormatView]] = [:]

    package init() {}

    package mutating func add(_ view: FormatView) {
        for name in view.typeNames { views[name.folded, default: []].append(view) }
    }

    /// The first view of an object's types, most derived type first. `asTable` asks for that shape only.
    package func view(for typeNames: [String], asTable: Bool? = nil) -> FormatView? {
        for name in typeNames {
            if let found = views[name.folded]?.first(where: { asTable == nil || $0.isTable == asTable }) {
                return found
            }
        }
        return nil
    }
}
