/// What `Format-Table` and `Format-List` emit: cells already read from the objects, not yet laid out.
///
/// Width and colour are decided where it is shown. As in PowerShell it is of no use to commands that want the objects.
package final class FormattedObject: Object {
    package enum Content {
        case table(FormattedTable)
        case list(FormattedList)
    }

    package let content: Content

    package init(_ content: Content) { self.content = content }

    package override var typeName: RuntimeType { Self.type }
    private static let type = RuntimeType("Microsoft.PowerShell.Commands.Internal.Format.FormatEntryData")
}

/// Cells of a table, in groups.
package struct FormattedTable {
    package struct Header {
        var label: String
        var alignment: ColumnAlignment
        var width: Int?
    }

    package struct Group {
        /// `Label: value`; nil without grouping.
        var title: String?
        var rows: [[String]]
    }

    var headers: [Header]
    var groups: [Group]
    var wraps = false
    var hidesHeaders = false
}

/// Labels and values of a list, in groups.
package struct FormattedList {
    package struct Group {
        var title: String?
        /// One array an object.
        var entries: [[(label: String, value: String)]]
    }

    var groups: [Group]
}
