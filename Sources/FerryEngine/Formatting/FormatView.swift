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
    /// Columns of the screen; nil when not given.
    package var width: Int?
    /// nil: by the first object's value, as PowerShell decides.
    package var alignment: ColumnAlignment?
    /// A .NET format string for the value.
    package var formatString: String?
    /// How many levels of it Format-Custom shows; nil: as many as of all.
    var depth: Int?

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

    /// Columns of a view are left-aligned where the view does not say.
    var leftUnlessAligned: FormatColumn {
        var column = self
        column.alignment = alignment ?? .left
        return column
    }
}

/// A view: how objects of some types are shown. Data, read from `*.format.ps1xml`.
package struct FormatView {
    package enum Shape {
        case table([FormatColumn], hidesHeaders: Bool, isAutoSized: Bool)
        case list([FormatColumn])
        /// `columns` 0: automatic.
        case wide(FormatColumn, columns: Int)
        /// Each object by its own text, between blank lines.
        case text
        /// The same, and where a line is broken it goes on below its own beginning: help.
        case page
    }

    package var name: String
    /// Full type names, as written.
    package var typeNames: [String]
    package var shape: Shape
    package var groupBy: FormatColumn?
    /// `<Wrap/>` of the rows.
    package var wraps = false
    /// The file it was read from; nil for the shell's own.
    var file: String?

    fileprivate func fits(_ kind: FormatRequest.Kind) -> Bool {
        switch (kind, shape) {
        case (.automatic, _), (.table, .table), (.list, .list), (.wide, .wide), (.custom, .text), (.custom, .page): true
        case (.table, _), (.list, _), (.wide, _), (.custom, _): false
        }
    }
}

/// Every view that was loaded, found by type name and in the order of loading.
package struct ViewSet {
    private var views: [String: [FormatView]] = [:]
    /// Files that were loaded, in order.
    package internal(set) var files: [String] = []

    /// With PowerShell's own views.
    package init() {
        for view in StandardViews.all { add(view) }
    }

    /// The names of all views, without those of the same name twice.
    package var names: Set<String> { Set(views.values.joined().map(\.name)) }

    /// The views of the same types together, by the first type's name.
    package var byTypes: [(types: [String], views: [FormatView])] {
        var found: [[String]: [FormatView]] = [:]
        for (key, known) in views {
            // A view is listed under each of its types.
            for view in known where view.typeNames.first?.folded == key {
                found[view.typeNames, default: []].append(view)
            }
        }
        return found.map { (types: $0.key, views: $0.value) }.sorted { ($0.types.first ?? "") < ($1.types.first ?? "") }
    }

    package mutating func add(_ view: FormatView) {
        for name in view.typeNames { views[name.folded, default: []].append(view) }
    }

    /// Puts a file's views in the place of those that were read from it before.
    ///
    /// - Parameter first: before all others, so that they are the ones that are used.
    mutating func replace(file: String, with read: [FormatView], first: Bool) {
        if let place = files.firstIndex(of: file) {
            files.remove(at: place)
            for (name, known) in views { views[name] = known.filter { $0.file != file } }
        }
        files.append(file)
        for var view in first ? read.reversed() : read {
            view.file = file
            guard first else {
                add(view)
                continue
            }
            for name in view.typeNames { views[name.folded, default: []].insert(view, at: 0) }
        }
    }

    /// The names of the views of some types that the command `shape` (`Format-Table`) can show, for completion.
    func names(for types: [[String]], shape: String) -> Set<String> {
        let kind: FormatRequest.Kind
        switch shape {
        case "Format-Table": kind = .table
        case "Format-List": kind = .list
        case "Format-Wide": kind = .wide
        default: return []
        }
        return Set(types.joined().flatMap { views[$0.folded] ?? [] }.filter { $0.fits(kind) }.map(\.name))
    }

    /// The first view of an object's types, most derived type first, of the kind asked for.
    package func view(for typeNames: [String], kind: FormatRequest.Kind = .automatic) -> FormatView? {
        for name in Self.own(typeNames) {
            if let found = views[name.folded]?.first(where: { $0.fits(kind) }) { return found }
        }
        return nil
    }

    /// An object that came from elsewhere is shown as its original would be, unless there is a view for the copy itself.
    private static func own(_ typeNames: [String]) -> [String] {
        let prefix = "Deserialized."
        guard typeNames.contains(where: { $0.hasPrefix(prefix) }) else { return typeNames }
        return typeNames + typeNames.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// `-View name`.
    package func view(named wanted: String, for typeNames: [String], kind: FormatRequest.Kind) -> FormatView? {
        for name in Self.own(typeNames) {
            if let found = views[name.folded]?.first(where: { $0.fits(kind) && $0.name.folded == wanted.folded }) {
                return found
            }
        }
        return nil
    }
}
