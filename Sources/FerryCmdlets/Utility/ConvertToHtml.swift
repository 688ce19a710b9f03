import FerryEngine

/// Objects as the table, or as lists, of a page of HTML.
struct ConvertToHtml: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let property = Parameter<[Value]>("Property", position: 0)
    static let head = Parameter<[String]>("Head", position: 1)
    static let title = Parameter<String>("Title", position: 2, validate: [.notNullOrEmpty])
    static let body = Parameter<[String]>("Body", position: 3)
    static let shape = Parameter<String>("As", validate: [.notNullOrEmpty, .set(["Table", "List"])])
    static let style = Parameter<String>("CssUri", aliases: ["cu", "uri"], validate: [.notNullOrEmpty])
    static let fragment = Parameter<Bool>.switch("Fragment")
    static let before = Parameter<[String]>("PreContent", validate: [.notNullOrEmpty])
    static let after = Parameter<[String]>("PostContent", validate: [.notNullOrEmpty])
    static let meta = Parameter<TableObject>("Meta", validate: [.notNullOrEmpty])
    static let charset = Parameter<String>(
        "Charset", validate: [.notNullOrEmpty, .pattern(#"^[A-Za-z0-9]\w+\S+[A-Za-z0-9]$"#)])
    static let transitional = Parameter<Bool>.switch("Transitional")

    static let signature = Signature(
        "ConvertTo-Html", typeName: "Microsoft.PowerShell.Commands.ConvertToHtmlCommand", defaultSet: "Page",
        outputs: [.string], parameters: [input, property, shape, before, after],
        sets: [
            ParameterSet("Page", [head, title, body, style, meta, charset, transitional]),
            ParameterSet("Fragment", [fragment]),
        ])

    /// Decided by the first object.
    private var columns: [FormatColumn]?
    private var count = 0

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        // What is wrong with them is said before the first line.
        _ = try io.columns(call[Self.property], of: nil)
        if !call[Self.fragment] { try beginPage(call, io) }
        try emit(call[Self.before], io)
        try io.emit(.string("<table>"))
    }

    private func beginPage(_ call: Call, _ io: CommandIO) throws(Stop) {
        let kind = call[Self.transitional] ? "Transitional" : "Strict"
        try emit(
            [
                "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 \(kind)//EN\"  \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-\(kind.lowercased()).dtd\">",
                "<html xmlns=\"http://www.w3.org/1999/xhtml\">", "<head>",
            ], io)
        if call.isBound(Self.charset) { try io.emit(.string("<meta charset=\"\(call[Self.charset])\">")) }
        if call.isBound(Self.meta) {
            for (key, value) in call[Self.meta].pairs { try emitMeta(key.display, value.display, io) }
        }
        if call.isBound(Self.head) {
            try emit(call[Self.head], io)
        } else {
            let title = call.isBound(Self.title) ? call[Self.title] : "HTML TABLE"
            try io.emit(.string("<title>\(title)</title>"))
        }
        if call.isBound(Self.style) {
            try io.emit(.string("<link rel=\"stylesheet\" type=\"text/css\" href=\"\(call[Self.style])\" />"))
        }
        try io.emit(.string("</head><body>"))
        try emit(call[Self.body], io)
    }

    private func emitMeta(_ name: String, _ content: String, _ io: CommandIO) throws(Stop) {
        var attribute = "name"
        switch name.folded {
        case "content-type", "default-style", "x-ua-compatible": attribute = "http-equiv"
        case "application-name", "author", "description", "generator", "keywords", "viewport": break
        default:
            try io.warn(
                "Accepted meta properties are content-type, default-style, application-name, author, description, generator, keywords, x-ua-compatible, and viewport. The meta pair: \(name) and \(content) may not function correctly."
            )
        }
        try io.emit(.string("<meta \(attribute)=\"\(name)\" content=\"\(content)\">"))
    }

    private func emit(_ lines: [String], _ io: CommandIO) throws(Stop) {
        for line in lines { try io.emit(.string(line)) }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let item = call[Self.input]
        guard !item.isNothing, !item.isNull else { return }
        count += 1
        if call[Self.shape].folded == "list" {
            if count > 1 { try io.emit(.string("<tr><td><hr></td></tr>")) }
            for column in try chosen(call, of: item, io) {
                try io.emit(.string("<tr><td>\(column.label):</td><td>\(try text(of: column, item, io))</td></tr>"))
            }
            return
        }
        if columns == nil {
            let chosen = try chosen(call, of: item, io)
            guard !chosen.isEmpty else { return }
            columns = chosen
            let marks = chosen.map { column in
                let width = column.width.map { " width = \"\($0)\"" } ?? ""
                let alignment = column.alignment.map { " align = \"\($0.rawValue.lowercased())\"" } ?? ""
                return "<col\(width)\(alignment)/>"
            }
            try io.emit(.string("<colgroup>\(marks.joined())</colgroup>"))
            try io.emit(.string("<tr>\(chosen.map { "<th>\($0.label)</th>" }.joined())</tr>"))
        }
        var row = "<tr>"
        for column in columns ?? [] { row += "<td>\(try text(of: column, item, io))</td>" }
        try io.emit(.string(row + "</tr>"))
    }

    /// Properties the object does not have are left out.
    private func chosen(_ call: Call, of item: Value, _ io: CommandIO) throws(Stop) -> [FormatColumn] {
        let wanted = call.isBound(Self.property) ? call[Self.property] : [.string("*")]
        var chosen: [FormatColumn] = []
        for column in try io.columns(wanted, of: item) {
            if case .property(let name) = column.expression, try io.property(name, of: item) == nil { continue }
            chosen.append(column)
        }
        return chosen
    }

    /// Encoded. What cannot be read is blank, as in a table on the screen.
    private func text(of column: FormatColumn, _ item: Value, _ io: CommandIO) throws(Stop) -> String {
        let value: Value
        do throws(Stop) { value = try io.read(column, of: item) } catch {
            guard case .error = error else { throw error }
            return ""
        }
        return value.isNull ? "" : HTMLText.encoded(value.scalarText)
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(.string("</table>"))
        try emit(call[Self.after], io)
        if !call[Self.fragment] { try io.emit(.string("</body></html>")) }
    }
}
