/// One step of laying objects out: what the format commands emit and the layout writes.
///
///     start ─▶ groupStart ─▶ row | entry | cell … ─▶ groupEnd ─▶ (newline ─▶ groupStart …) ─▶ end
///
/// Text and stray lists may come at any time. Width and colour are decided where the packets are written. As in PowerShell the
/// packets are of no use to commands that want the objects.
package enum FormatPacket {
    case start(FormatShape)
    /// The group's title is `Label: value`; nil without grouping.
    case groupStart(title: String?)
    /// A row of a table.
    case row([FormatCell], wraps: Bool)
    /// An object of a list.
    case entry([FormatLine])
    /// One place of a wide format.
    case cell(String)
    /// An object that is a line of text in its sequence: a date.
    case line(String)
    /// An object as `Format-Custom` shows it.
    case block([FormatBlockLine])
    /// A text of many lines whose margins are kept.
    case paragraph(String)
    case groupEnd
    /// The blank line between groups.
    case newline
    case end
    /// Strings, shown wherever they come.
    case string(String)
    /// Other scalars and errors, shown the same way.
    case text(String)
    /// An object of another type in the middle of a table.
    case strayEntry([FormatLine])
}

/// What all objects of one sequence share.
package enum FormatShape {
    /// `repeatsHeaders`: on each screen of a terminal.
    case table(headers: [FormatHeader], hidesHeaders: Bool, isAutoSized: Bool, repeatsHeaders: Bool)
    case list
    /// `columns` 0: as many as fit when sized automatically, else two.
    case wide(columns: Int, isAutoSized: Bool)
    case lines
}

package struct FormatHeader {
    package var label: String
    package var alignment: ColumnAlignment
    /// 0: not given.
    package var width: Int
    /// The label is not the name of a property.
    package var isCustom = false
}

/// A cell's text; the alignment overrides its column's.
package struct FormatCell {
    package var text: String
    package var alignment: ColumnAlignment?
}

/// A line of a list: label and value.
package struct FormatLine {
    package var label: String
    package var value: String
}

/// A line of an object in braces; what is broken goes on below its beginning.
package struct FormatBlockLine {
    /// Columns.
    package var indent: Int
    package var text: String
}

/// A packet as it travels down a pipeline between `Format-…` and `Out-…`.
package final class FormattedObject: Object {
    package let packet: FormatPacket

    package init(_ packet: FormatPacket) { self.packet = packet }

    package override var typeName: RuntimeType {
        switch packet {
        case .start: Self.startType
        case .groupStart: Self.groupStartType
        case .groupEnd: Self.groupEndType
        case .end: Self.endType
        case .row, .entry, .cell, .line, .block, .paragraph, .newline, .text, .string, .strayEntry: Self.entryType
        }
    }

    /// PowerShell's own, for whoever writes packets where he wanted objects: `Format-Table | Export-Csv`.
    package override var propertyNames: [String] {
        switch packet {
        case .start: [Self.idName, "pageHeaderEntry", "pageFooterEntry", "autosizeInfo", "shapeInfo", "groupingEntry"]
        case .groupStart, .groupEnd: [Self.idName, "shapeInfo", "groupingEntry"]
        case .end: [Self.idName, "groupingEntry"]
        default: [Self.idName, "formatEntryInfo", "outOfBand", "writeStream"]
        }
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        guard propertyNames.contains(where: { $0.folded == name.folded }) else { return nil }
        switch (name.folded, packet) {
        case ("classid2e4f51ef21dd47e99d3c952918aff9cd", .start): return .string("033ecb2bc07a4d43b5ef94ed5a35d280")
        case ("classid2e4f51ef21dd47e99d3c952918aff9cd", .groupStart):
            return .string("9e210fe47d09416682b841769c78b8a3")
        case ("classid2e4f51ef21dd47e99d3c952918aff9cd", .groupEnd): return .string("4ec4f0187cb04f4cb6973460dfe252df")
        case ("classid2e4f51ef21dd47e99d3c952918aff9cd", .end): return .string("cf522b78d86c486691226b40aa69e95c")
        case ("classid2e4f51ef21dd47e99d3c952918aff9cd", _): return .string("27c87ef9bbda4f709f6b4002fa4af63c")
        case ("shapeinfo", .start(let shape)): return .string(Self.namespace + Self.name(of: shape))
        default: return .null
        }
    }

    private static func name(of shape: FormatShape) -> String {
        switch shape {
        case .table: "TableHeaderInfo"
        case .list: "ListViewHeaderInfo"
        case .wide: "WideViewHeaderInfo"
        case .lines: "ComplexViewHeaderInfo"
        }
    }

    private static let idName = "ClassId2e4f51ef21dd47e99d3c952918aff9cd"
    private static let namespace = "Microsoft.PowerShell.Commands.Internal.Format."
    private static let startType = RuntimeType(namespace + "FormatStartData")
    private static let groupStartType = RuntimeType(namespace + "GroupStartData")
    private static let groupEndType = RuntimeType(namespace + "GroupEndData")
    private static let endType = RuntimeType(namespace + "FormatEndData")
    private static let entryType = RuntimeType(namespace + "FormatEntryData")
}
