import FerryEngine

/// Finds lines of text that match patterns.
struct SelectString: Cmdlet {
    static let input = Parameter<Value>("InputObject", mandatory: true, pipeline: .byValue)
        .allowing([.null, .emptyString])
    static let pattern = Parameter<[String]>("Pattern", position: 0, mandatory: true)
    static let path = Parameter<[String]>("Path", position: 1, mandatory: true, pipeline: .byProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)
    static let simpleMatch = Parameter<Bool>.switch("SimpleMatch")
    static let caseSensitive = Parameter<Bool>.switch("CaseSensitive")
    static let quiet = Parameter<Bool>.switch("Quiet")
    static let raw = Parameter<Bool>.switch("Raw")
    static let list = Parameter<Bool>.switch("List")
    static let notMatch = Parameter<Bool>.switch("NotMatch")
    static let allMatches = Parameter<Bool>.switch("AllMatches")
    static let noEmphasis = Parameter<Bool>.switch("NoEmphasis")
    static let include = Parameter<[String]>("Include")
    static let exclude = Parameter<[String]>("Exclude")
    static let encoding = Parameter<TextEncoding?>("Encoding")
    static let culture = Parameter<String>("Culture", validate: [.notNull])
    static let context = Parameter<[Int]>("Context", validate: [.count(1, 2), .range(0, 2_147_483_647)])

    static let signature = Signature(
        "Select-String", typeName: "Microsoft.PowerShell.Commands.SelectStringCommand", defaultSet: "File",
        parameters: [
            pattern, simpleMatch, caseSensitive, list, notMatch, allMatches, noEmphasis, include, exclude, encoding,
            context, culture,
        ],
        sets: [
            ParameterSet("File", [path, quiet]), ParameterSet("Object", [input, quiet]),
            ParameterSet("ObjectRaw", [input, raw.mandatory()]), ParameterSet("FileRaw", [path, raw.mandatory()]),
            ParameterSet("LiteralFile", [literalPath, quiet]),
            ParameterSet("LiteralFileRaw", [literalPath, raw.mandatory()]),
        ])

    private struct Search {
        var text: String
        var regex: RegexPattern?
    }

    private var searches: [Search] = []
    /// `-Culture`; nil: by code, or by the shell's own rules.
    private var culture: CultureObject?
    private var lineNumber = 0
    private var foundAny = false
    /// Lines of the input stream, kept for -Context.
    private var stream: [String] = []

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.isBound(Self.culture) { culture = try wantedCulture(call, io) }
        for text in call[Self.pattern] {
            if call[Self.simpleMatch] {
                searches.append(Search(text: text, regex: nil))
                continue
            }
            do throws(RegexPattern.Invalid) {
                searches.append(
                    Search(text: text, regex: try RegexPattern.cached(text, ignoresCase: !call[Self.caseSensitive])))
            } catch {
                throw io.failing(
                    "InvalidRegex", .invalidArgument,
                    "The string \(text) is not a valid regular expression: \(error.message)",
                    target: .string(text), exception: "System.ArgumentException")
            }
        }
    }

    /// A culture compares plain text; nil is what is compared by code.
    private func wantedCulture(_ call: Call, _ io: CommandIO) throws(Stop) -> CultureObject? {
        guard call[Self.simpleMatch] else {
            throw io.failing(
                "CannotSpecifyCultureWithoutSimpleMatch", .invalidData,
                "You must specify the -SimpleMatch parameter together with -Culture: regular expressions know no cultures.",
                exception: "System.InvalidOperationException")
        }
        let name = call[Self.culture]
        if name.folded == "ordinal" { return nil }
        let known = ["invariant": "", "current": CultureObject.currentName][name.folded]
        guard let found = CultureObject(known ?? name) else {
            throw io.failing(
                "CultureNotFoundException", .invalidArgument,
                "Culture is not supported. (Parameter 'name')\n\(name) is an invalid culture identifier.",
                target: .string(name), exception: "System.Globalization.CultureNotFoundException")
        }
        return found
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet.hasPrefix("Object") {
            if call[Self.quiet], foundAny { return }
            let item = call[Self.input]
            if let file = item.hosted(FileItem.self) {
                if !file.isFolder { try search(file.path, call, io) }
                return
            }
            lineNumber += 1
            if call.isBound(Self.context) { return stream.append(item.display) }
            _ = try test([item.display], at: 0, number: lineNumber, path: nil, call, io)
            return
        }
        let isLiteral = call.parameterSet.hasPrefix("LiteralFile")
        let include = call[Self.include].map { WildcardPattern($0) }
        let exclude = call[Self.exclude].map { WildcardPattern($0) }
        for file in try io.files(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral) {
            if call[Self.quiet], foundAny { return }
            guard let item = FileItem(file), !item.isFolder else { continue }
            if !include.isEmpty, !include.contains(where: { $0.matches(item.name) }) { continue }
            if exclude.contains(where: { $0.matches(item.name) }) { continue }
            try search(file, call, io)
        }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call.parameterSet.hasPrefix("Object"), call.isBound(Self.context) {
            for index in stream.indices { _ = try test(stream, at: index, number: index + 1, path: nil, call, io) }
        }
        // Nothing found is no answer, which is as good as false.
        if call[Self.quiet], foundAny { try io.emit(.bool(true)) }
    }

    private mutating func search(_ path: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let lines: [String]
        do throws(Stop) {
            lines = CommandIO.lines(TextEncoding.text(of: try io.readBytes(path), call[Self.encoding]))
        } catch {
            // The other files are searched all the same.
            guard let record = error.record else { throw error }
            return try io.report(
                "ProcessingFile", .readError, "The file \(path) cannot be read: \(record.exception.message)",
                target: .string(path), exception: "System.ArgumentException")
        }
        for index in lines.indices {
            let found = try test(lines, at: index, number: index + 1, path: path, call, io)
            if found, call[Self.list] || call[Self.quiet] { return }
        }
    }

    private mutating func test(
        _ lines: [String], at index: Int, number: Int, path: String?, _ call: Call, _ io: CommandIO
    ) throws(Stop) -> Bool {
        try io.interrupt.check()
        let line = lines[index]
        let hit = try hit(line, call, io)
        guard (hit != nil) != call[Self.notMatch] else { return false }
        foundAny = true
        if call[Self.quiet] { return true }
        if call[Self.raw] {
            try io.emit(.string(line))
            return true
        }
        var matches: Value = .array([])
        if let regex = hit?.regex {
            let method = call[Self.allMatches] ? "Matches" : "Match"
            let found = try io.invokeMember(method, of: .object(RegexObject(regex)), arguments: [.string(line)])
            matches = .array(found.elements.flatMap { call[Self.allMatches] ? $0 : nil } ?? [found])
        }
        let object = MatchedLine(
            line: line, number: number, path: path, folder: io.runspace.location.path,
            pattern: hit?.text ?? searches.first?.text ?? "", ignoresCase: !call[Self.caseSensitive], matches: matches)
        if call.isBound(Self.context) {
            let before = call[Self.context][0]
            let after = call[Self.context].count > 1 ? call[Self.context][1] : before
            object.before = Array(lines[max(0, index - before)..<index])
            object.after = Array(lines[min(lines.count, index + 1)..<min(lines.count, index + 1 + after)])
        }
        try io.emit(object.value)
        return true
    }

    /// The first pattern that the line has.
    private func hit(_ line: String, _ call: Call, _ io: CommandIO) throws(Stop) -> Search? {
        for search in searches {
            let isHit =
                if let regex = search.regex {
                    try regex.isMatch(line, io.interrupt)
                } else if let culture {
                    culture.contains(search.text, in: line, caseSensitive: call[Self.caseSensitive])
                } else if call[Self.caseSensitive] {
                    line.contains(search.text)
                } else {
                    line.folded.contains(search.text.folded)
                }
            if isHit { return search }
        }
        return nil
    }
}
