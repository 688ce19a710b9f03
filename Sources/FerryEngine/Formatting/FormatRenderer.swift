/// The screen that formatted text is for.
package struct FormatRenderer {
    package var width: Int
    package var allowsColor: Bool

    package init(width: Int, allowsColor: Bool) {
        self.width = max(width, 10)
        self.allowsColor = allowsColor
    }

    /// `$PSStyle.Formatting.TableHeader` and `FormatAccent`: green and bold.
    func accented(_ text: String) -> String { allowsColor ? "\u{1B}[32;1m\(text)\u{1B}[0m" : text }
}
