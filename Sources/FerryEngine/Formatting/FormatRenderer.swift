/// Lays cells out as lines of text.
package struct FormatRenderer {
    package var width: Int
    package var allowsColor: Bool

    package init(width: Int, allowsColor: Bool) {
        self.width = max(width, 10)
        self.allowsColor = allowsColor
    }

    package func lines(of formatted: FormattedObject) -> [String] {
        switch formatted.content {
        case .table(let table): lines(of: table)
        case .list(let list): lines(of: list)
        }
    }

    /// A blank line, the header, the rows, a blank line; a group's title before its header.
    package func lines(of table: FormattedTable) -> [String] {
        var lines: [String] = []
        let layout = TableLayout(headers: table.headers, rows: table.groups.flatMap(\.rows), width: width)
        for group in table.groups {
            lines += start(of: table, layout, title: group.title)
            for row in group.rows {
                if table.wraps { lines += layout.wrapped(row) } else { lines.append(layout.line(row)) }
            }
            lines.append("")
        }
        return lines
    }

    func start(of table: FormattedTable, _ layout: TableLayout, title: String?) -> [String] {
        var lines = [""]
        if let title { lines += ["   " + title, ""] }
        if !table.hidesHeaders {
            let header = layout.headerLines
            lines += [colored(header.labels), colored(header.rules)]
        }
        return lines
    }

    /// A blank line before each object and one after the last; values continue under themselves.
    package func lines(of list: FormattedList) -> [String] {
        var lines: [String] = []
        for group in list.groups {
            if let title = group.title { lines += ["", "   " + title] }
            for entry in group.entries {
                lines.append("")
                let labelWidth = min(entry.map(\.label.columns).max() ?? 0, max(width - 10, 1))
                for (label, value) in entry {
                    let head = label.prefix(columns: labelWidth)
                    let padding = String(repeating: " ", count: labelWidth - head.columns)
                    let texts = TableLayout.wrap(value, max(width - labelWidth - 3, 1))
                    for (number, text) in texts.enumerated() {
                        let left =
                            number == 0
                            ? colored(head + padding + " : ") : String(repeating: " ", count: labelWidth + 3)
                        lines.append(text.isEmpty && !allowsColor ? (left + text).droppingTrailingSpaces : left + text)
                    }
                }
            }
        }
        if !lines.isEmpty { lines.append("") }
        return lines
    }

    /// `$PSStyle.Formatting.TableHeader`: green and bold.
    private func colored(_ text: String) -> String {
        allowsColor && !text.isEmpty ? "\u{1B}[32;1m\(text)\u{1B}[0m" : text
    }
}

extension String {
    fileprivate var droppingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
