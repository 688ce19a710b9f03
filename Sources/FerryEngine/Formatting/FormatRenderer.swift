/// The screen that formatted text is for.
package struct FormatRenderer {
    package var width: Int
    package var allowsColor: Bool
    /// Lines of the screen; nil where the text goes to none.
    package var height: Int?

    /// Strings that are objects of their own go on as they are: nobody formats them.
    package var keepsStrings = false

    private let headerStyle: String
    private let customHeaderStyle: String
    private let accentStyle: String

    package init(width: Int, allowsColor: Bool, height: Int? = nil, style: StyleTable? = nil) {
        self.height = height
        self.width = max(width, 10)
        self.allowsColor = allowsColor
        headerStyle = style?.tableHeader ?? ""
        customHeaderStyle = style?.formatting("CustomTableHeaderLabel") ?? ""
        accentStyle = style?.formatAccent ?? ""
    }

    /// In `$PSStyle.Formatting.FormatAccent`.
    func accented(_ text: String) -> String { decorated(text, accentStyle) }

    /// In `$PSStyle.Formatting.TableHeader`, or in `CustomTableHeaderLabel` where the label is not the property's own name.
    func header(_ text: String, isCustom: Bool = false) -> String {
        decorated(text, isCustom ? customHeaderStyle : headerStyle)
    }

    private func decorated(_ text: String, _ style: String) -> String {
        allowsColor && !style.isEmpty ? style + text + StyleTable.reset : text
    }

    /// A string that is an object of its own.
    func string(_ text: String) -> String { keepsStrings ? text : line(text) }

    /// A line as the screen takes it.
    func line(_ text: String) -> String { allowsColor ? text : text.withoutEscapes }
}
