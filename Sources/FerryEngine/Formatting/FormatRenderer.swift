/// The screen that formatted text is for.
package struct FormatRenderer {
    package var width: Int
    package var allowsColor: Bool
    /// Lines of the screen; nil where the text goes to none.
    package var height: Int?

    private let headerStyle: String
    private let accentStyle: String

    package init(width: Int, allowsColor: Bool, height: Int? = nil, style: StyleTable? = nil) {
        self.height = height
        self.width = max(width, 10)
        self.allowsColor = allowsColor
        headerStyle = style?.tableHeader ?? ""
        accentStyle = style?.formatAccent ?? ""
    }

    /// In `$PSStyle.Formatting.FormatAccent`.
    func accented(_ text: String) -> String { decorated(text, accentStyle) }

    /// In `$PSStyle.Formatting.TableHeader`.
    func header(_ text: String) -> String { decorated(text, headerStyle) }

    private func decorated(_ text: String, _ style: String) -> String {
        allowsColor && !style.isEmpty ? style + text + StyleTable.reset : text
    }

    /// A line as the screen takes it.
    func line(_ text: String) -> String { allowsColor ? text : text.withoutEscapes }
}
