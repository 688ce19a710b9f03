import FerryEngine
import Glibc

/// Says whether text is JSON, and whether it is as a schema wants it.
struct TestJson: Cmdlet {
    static let json = Parameter<String>("Json", position: 0, mandatory: true, pipeline: .byValue)
    static let path = Parameter<String>("Path", position: 0, mandatory: true, pipeline: .byProperty)
    static let literalPath = Parameter<String>(
        "LiteralPath", aliases: ["PSPath", "LP"], position: 0, mandatory: true, pipeline: .byProperty)
    static let schema = Parameter<String>("Schema", position: 1, mandatory: true, validate: [.notNullOrEmpty])
    static let schemaFile = Parameter<String>("SchemaFile", position: 1, mandatory: true, validate: [.notNullOrEmpty])
    static let options = Parameter<[String]>(
        "Options", validate: [.notNullOrEmpty, .set(["IgnoreComments", "AllowTrailingCommas"])])

    static let signature = Signature(
        "Test-Json", typeName: "Microsoft.PowerShell.Commands.TestJsonCommand", defaultSet: "JsonString",
        outputs: [.bool], parameters: [options],
        sets: [
            ParameterSet("JsonString", [json]), ParameterSet("JsonStringWithSchemaString", [json, schema]),
            ParameterSet("JsonStringWithSchemaFile", [json, schemaFile]),
            ParameterSet("JsonPath", [path]), ParameterSet("JsonPathWithSchemaString", [path, schema]),
            ParameterSet("JsonPathWithSchemaFile", [path, schemaFile]),
            ParameterSet("JsonLiteralPath", [literalPath]),
            ParameterSet("JsonLiteralPathWithSchemaString", [literalPath, schema]),
            ParameterSet("JsonLiteralPathWithSchemaFile", [literalPath, schemaFile]),
        ])

    private var wanted: JSONSchema?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        func text(_ path: String) throws(Stop) -> String {
            // The schema chooses the path: a device or a pipe has no end.
            if let status = FileItem.status(of: path, followingLinks: true), status.st_mode & S_IFMT != S_IFREG {
                throw JSONSchema.unresolved(path, "it is no file")
            }
            return TextEncoding.text(of: try io.readBytes(path), nil)
        }
        guard call.isBound(Self.schema) || call.isBound(Self.schemaFile) else { return }
        let file = call.isBound(Self.schemaFile) ? io.runspace.location.resolve(call[Self.schemaFile]) : nil
        let source = try file.map { path throws(Stop) in try schemaText(path, io) } ?? call[Self.schema]
        let folder = file.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }
        do throws(JSONSchema.Invalid) {
            wanted = try JSONSchema(source, folder: folder, readFile: text)
        } catch {
            try io.report(
                "InvalidJsonSchema", .invalidData, "Cannot parse the JSON schema. \(error.reason)",
                target: .string(file ?? source), exception: "System.Exception")
        }
    }

    private func schemaText(_ path: String, _ io: CommandIO) throws(Stop) -> String {
        guard FileItem.exists(path) else {
            throw io.failing(
                "JsonSchemaFileNotFound", .objectNotFound, "Cannot find the JSON schema file: \(path)",
                target: .string(path), exception: "System.IO.FileNotFoundException")
        }
        do throws(Stop) {
            return TextEncoding.text(of: try io.readBytes(path), nil)
        } catch {
            guard error.record != nil else { throw error }
            throw io.failing(
                "JsonSchemaFileOpenFailure", .openError, "Cannot open JSON schema file: \(path)", target: .string(path),
                exception: "System.Exception")
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let text = call.isBound(Self.json) ? call[Self.json] : try fileText(call, io)
        let options = Set(call[Self.options].map(\.folded))
        let node: JSONText.Node
        do throws(JSONText.Invalid) {
            node = try JSONText.read(
                text, skipsComments: options.contains("ignorecomments"),
                allowsLastCommas: options.contains("allowtrailingcommas"))
        } catch {
            try io.report(
                "InvalidJson", .invalidData, "Cannot parse the JSON. In the text, \(error.reason)",
                target: call.isBound(Self.json) ? .string(text) : .null, exception: "System.Exception")
            return try io.emit(.bool(false))
        }
        guard let wanted else { return try io.emit(.bool(true)) }
        let complaints: [JSONSchema.Complaint]
        do throws(Stop) {
            var check = JSONSchemaCheck(io.interrupt)
            complaints = try check.complaints(about: node, wanted)
        } catch {
            // A reference that leads nowhere, or a file of its own that cannot be read.
            guard let record = error.record else { throw error }
            try io.report(
                "InvalidJsonSchema", .invalidData, record.exception.message, exception: "System.Exception")
            return try io.emit(.bool(false))
        }
        for complaint in complaints {
            try io.report(
                "InvalidJsonAgainstSchemaDetailed", .invalidData,
                "The JSON is not valid with the schema: \(complaint.text) at '\(complaint.place)'",
                exception: "System.Exception")
        }
        try io.emit(.bool(complaints.isEmpty))
    }

    private func fileText(_ call: Call, _ io: CommandIO) throws(Stop) -> String {
        let isLiteral = call.isBound(Self.literalPath)
        let file = try io.onlyFile(isLiteral ? call[Self.literalPath] : call[Self.path], isLiteral: isLiteral)
        guard FileItem.exists(file) else {
            throw io.failing(
                "PathNotFound", .objectNotFound, "Cannot find path '\(file)' because it does not exist.",
                target: .string(file), exception: "System.Management.Automation.ItemNotFoundException")
        }
        return TextEncoding.text(of: try io.readBytes(file), nil)
    }
}
