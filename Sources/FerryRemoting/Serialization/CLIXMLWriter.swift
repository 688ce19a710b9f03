package import FerryEngine
import Foundation

/// Writes values as CLIXML: scalars by their type's element, everything else as an `Obj` with type names, text and properties.
///
/// Source: the public protocol document MS-PSRP, section 2.2.5. Contained objects are written down to a depth, text beyond;
/// what an object contains of itself therefore ends too.
package struct CLIXMLWriter {
    /// Contained levels that travel between sessions, PowerShell's number.
    private static let remotingDepth = 1

    /// Objects in one document: what contains itself several times would double with every level.
    private static let objectLimit = 500_000

    private var text = ""
    private var lastReference = 0
    /// What the object at hand began with: the limit counts from there.
    private var firstReference = 0
    private var typeReferences: [[String]: Int] = [:]
    /// The stream of the next element, which alone says it.
    private var stream: String?
    var runspace: Runspace?

    /// Whether secrets are written readably, as PowerShell does into files where the system protects none.
    private let writesSecrets: Bool

    init(_ runspace: Runspace?, writesSecrets: Bool = false) {
        self.runspace = runspace
        self.writesSecrets = writesSecrets
    }

    /// Contained levels of a document where nothing else is asked for, PowerShell's number.
    private static let documentDepth = 2

    /// A whole document, in lines.
    ///
    /// - Parameter depth: levels of contained objects; beyond them only texts are left.
    package static func document(_ values: [Value], depth: Int?, _ runspace: Runspace? = nil) -> String {
        var writer = CLIXMLWriter(runspace, writesSecrets: true)
        // What is nested deeper than a reader takes would be of no use.
        for value in values { writer.write(value, name: nil, depth: min(depth ?? documentDepth, depthLimit)) }
        return documentStart + "\n" + CLIXMLLayout.lines(writer.text) + "</Objs>"
    }

    private static let depthLimit = 96

    /// One more object of a document of one stream after another, with the stream it belongs to.
    mutating func next(_ value: Value, stream: String) -> String {
        firstReference = lastReference
        self.stream = stream
        write(value, name: nil, depth: Self.documentDepth)
        defer { text = "" }
        return text
    }

    /// One more progress record, in the form that only streams have.
    mutating func next(_ record: ProgressRecord) -> String {
        func element(_ tag: String, _ body: String) -> String { "<\(tag)>\(CLIXMLText.encode(body))</\(tag)>" }
        let reference = lastReference
        lastReference += 1
        return "<Obj S=\"progress\" RefId=\"\(reference)\"><MS><I64 N=\"SourceId\">1</I64><PR N=\"Record\">"
            + element("AV", record.activity) + element("AI", String(record.activityID))
            + (record.currentOperation.isEmpty ? "<Nil />" : element("S", record.currentOperation))
            + element("PI", String(record.parentActivityID)) + element("PC", String(record.percentComplete))
            + element("T", record.isCompleted ? "Completed" : "Processing")
            + element("SR", String(record.secondsRemaining)) + element("SD", record.status) + "</PR></MS></Obj>"
    }

    package static let documentStart =
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"

    /// One value, without a document around it: the body of a message.
    ///
    /// - Parameter runspace: evaluates script properties; without one they are left out.
    package static func element(_ value: Value, _ runspace: Runspace? = nil) -> String {
        var writer = CLIXMLWriter(runspace)
        writer.write(value, name: nil, depth: remotingDepth)
        return writer.text
    }

    /// Deep enough for every message of the protocol, bounded all the same.
    private static let messageDepth = 12

    /// An object without type names that has these properties: the body of most messages.
    package static func message(_ properties: [(String, Value)], _ runspace: Runspace? = nil) -> String {
        var writer = CLIXMLWriter(runspace)
        writer.text = "<Obj RefId=\"0\"><MS>"
        writer.lastReference = 1
        for (name, value) in properties { writer.write(value, name: name, depth: messageDepth) }
        return writer.text + "</MS></Obj>"
    }

    private mutating func writeStream() {
        guard let stream else { return }
        text += " S=\"\(stream)\""
        self.stream = nil
    }

    private mutating func scalar(_ tag: String, _ body: String, _ name: String?) {
        text += "<\(tag)"
        writeStream()
        if let name { text += " N=\"\(CLIXMLText.encode(name))\"" }
        text += body.isEmpty && tag != "S" ? " />" : ">\(body)</\(tag)>"
    }

    mutating func write(_ value: Value, name: String?, depth: Int) {
        switch value {
        case .null, .nothing: scalar("Nil", "", name)
        case .bool(let flag): scalar("B", flag ? "true" : "false", name)
        case .number(let number): write(number, name)
        case .char(let unit): scalar("C", String(unit), name)
        case .string(let text): scalar("S", CLIXMLText.encode(text), name)
        case .date(let date): scalar("DT", CLIXMLText.text(date), name)
        case .span(let span): scalar("TS", CLIXMLText.text(span), name)
        case .guid(let guid): scalar("G", guid.text, name)
        case .version(let version): scalar("Version", version.text, name)
        case .type(let type): scalar("S", CLIXMLText.encode(type.fullName), name)
        case .symbol(let symbol): write(symbol, name)
        case .array(let array):
            if case .number(.byte) = array.elementType.kind {
                scalar("BA", Data(array.elements.compactMap { Self.byte($0) }).base64EncodedString(), name)
            } else {
                collection("LST", array.elements, array.typeName, name, depth)
            }
        case .list(let list):
            let tag =
                switch list.kind {
                case .queue: "QUE"
                case .stack: "STK"
                case .hashSet: "IE"
                default: "LST"
                }
            collection(tag, list.elements, list.typeName, name, depth)
        case .table(let table): write(table, name, depth)
        case .object(let object): write(object, name, depth)
        }
    }

    private static func byte(_ value: Value) -> UInt8? {
        guard case .number(let number) = value else { return nil }
        return number.asInt64.flatMap { UInt8(exactly: $0) }
    }

    private mutating func write(_ number: Number, _ name: String?) {
        switch number {
        case .sbyte(let value): scalar("SB", String(value), name)
        case .byte(let value): scalar("By", String(value), name)
        case .short(let value): scalar("I16", String(value), name)
        case .ushort(let value): scalar("U16", String(value), name)
        case .int(let value): scalar("I32", String(value), name)
        case .uint(let value): scalar("U32", String(value), name)
        case .long(let value): scalar("I64", String(value), name)
        case .ulong(let value): scalar("U64", String(value), name)
        case .single(let value):
            scalar("Sg", value.isFinite ? number.text : CLIXMLText.text(Double(value)), name)
        case .double(let value): scalar("Db", CLIXMLText.text(value), name)
        case .decimal: scalar("D", number.text, name)
        }
    }

    // MARK: Objects

    private mutating func open(_ name: String?, types: [String]) {
        text += "<Obj"
        writeStream()
        if let name { text += " N=\"\(CLIXMLText.encode(name))\"" }
        text += " RefId=\"\(lastReference)\">"
        lastReference += 1
        guard !types.isEmpty else { return }
        if let known = typeReferences[types] {
            text += "<TNRef RefId=\"\(known)\" />"
            return
        }
        let reference = typeReferences.count
        typeReferences[types] = reference
        text += "<TN RefId=\"\(reference)\">"
        for type in types { text += "<T>\(CLIXMLText.encode(type))</T>" }
        text += "</TN>"
    }

    private mutating func write(_ symbol: EnumValue, _ name: String?) {
        open(name, types: [symbol.type.fullName, "System.Enum", "System.ValueType", "System.Object"])
        text += "<ToString>\(CLIXMLText.encode(symbol.text))</ToString>"
        if let small = Int32(exactly: symbol.number) {
            scalar("I32", String(small), nil)
        } else {
            scalar("I64", String(symbol.number), nil)
        }
        text += "</Obj>"
    }

    /// Beyond the depth only the text is left.
    private mutating func isCut(_ value: Value, _ name: String?, _ depth: Int) -> Bool {
        guard depth < 0 || lastReference - firstReference > Self.objectLimit else { return false }
        scalar("S", CLIXMLText.encode(value.scalarText), name)
        return true
    }

    private mutating func collection(
        _ tag: String, _ elements: [Value], _ type: RuntimeType, _ name: String?, _ depth: Int
    ) {
        if depth < 0 || lastReference - firstReference > Self.objectLimit {
            return scalar("S", CLIXMLText.encode(elements.map(\.scalarText).joined(separator: " ")), name)
        }
        open(name, types: type.hierarchy)
        text += "<\(tag)>"
        for element in elements { write(element, name: nil, depth: depth - 1) }
        text += "</\(tag)></Obj>"
    }

    private mutating func write(_ table: TableObject, _ name: String?, _ depth: Int) {
        if isCut(.table(table), name, depth) { return }
        open(name, types: table.typeName.hierarchy)
        text += "<DCT>"
        for (key, value) in table.pairs {
            text += "<En>"
            write(key, name: "Key", depth: 0)
            write(value, name: "Value", depth: depth - 1)
            text += "</En>"
        }
        text += "</DCT></Obj>"
    }

    private mutating func write(_ object: Object, _ name: String?, _ depth: Int) {
        if let toggle = object as? SwitchObject { return scalar("B", toggle.isPresent ? "true" : "false", name) }
        if let block = object as? ScriptBlock { return scalar("SBK", CLIXMLText.encode(block.text), name) }
        if let uri = object as? UriObject { return scalar("URI", CLIXMLText.encode(uri.text), name) }
        if writesSecrets, let secret = Value.object(object).hosted(SecureText.self) {
            let digits = secret.revealed.utf16.map { unit in
                let text = String(unit.byteSwapped, radix: 16)
                return String(repeating: "0", count: 4 - text.count) + text
            }
            return scalar("SS", digits.joined(), name)
        }
        if isCut(.object(object), name, depth) { return }
        if let base = object.baseValue {
            open(name, types: [])
            write(base, name: nil, depth: depth)
            extended(of: object, depth)
            return text += "</Obj>"
        }
        open(name, types: object.typeNames)
        text += "<ToString>\(CLIXMLText.encode(object.text))</ToString>"
        if let elements = object.enumerated {
            text += "<LST>"
            for element in elements { write(element, name: nil, depth: depth - 1) }
            text += "</LST>"
        }
        let own = object.propertyNames
        if !own.isEmpty, !(object is CustomObject) {
            text += "<Props>"
            for property in own {
                // A property that cannot be read is not there on the other side, as with PowerShell.
                guard let value = try? object.property(property) else { continue }
                write(value, name: property, depth: depth - 1)
            }
            text += "</Props>"
        }
        extended(of: object, depth)
        text += "</Obj>"
    }

    /// What was added to the object or its type, script properties by their value.
    private mutating func extended(of object: Object, _ depth: Int) {
        var members: [(String, Value)] = []
        for (name, member) in object.added?.all ?? [] {
            switch member {
            case .note(let value): members.append((name, value))
            case .alias, .script:
                guard let runspace, let value = try? Members.property(name, of: .object(object), runspace) else {
                    continue
                }
                members.append((name, value))
            case .method: continue
            }
        }
        if members.isEmpty, !(object is CustomObject) { return }
        text += "<MS>"
        for (name, value) in members { write(value, name: name, depth: depth - 1) }
        text += "</MS>"
    }
}
