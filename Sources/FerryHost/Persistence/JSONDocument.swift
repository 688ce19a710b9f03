package import FerryCore
import FerryLinux
import Foundation

/// Small JSON files that administrators may read: indented, keys sorted, replaced by rename after they are on the disk.
package enum JSONDocument {
    package static func write(_ value: some Encodable, to path: String, mode: UInt32 = 0o600) throws(Failure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do { bytes = [UInt8](try encoder.encode(value)) } catch {
            throw Failure(HostFault.malformedDocument, "\(path) cannot be written as JSON: \(error).", target: path)
        }
        try DurableFile.replace(path, with: bytes + [UInt8(ascii: "\n")], mode: mode)
    }

    /// nil when there is no such file.
    ///
    /// - Throws: `HostFault.documentDamaged`, with the line and the reason.
    package static func readIfPresent<Value: Decodable>(_ type: Value.Type, at path: String) throws(Failure) -> Value? {
        guard let bytes = try DurableFile.readIfPresent(path) else { return nil }
        return try decode(type, bytes, path: path)
    }

    package static func read<Value: Decodable>(_ type: Value.Type, at path: String) throws(Failure) -> Value {
        try decode(type, try DurableFile.read(path), path: path)
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], path: String
    ) throws(Failure) -> Value {
        do throws(Failure) { _ = try JSONParser.parse(bytes) } catch {
            throw Failure(HostFault.documentDamaged, "\(path) is damaged. \(error.message)", target: path, cause: error)
        }
        do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw Failure(HostFault.documentDamaged, "\(path) is damaged. \(place(of: error, in: bytes))", target: path)
        }
    }

    /// "Line 4: 'memory' has the wrong type." The line is that of the key, found by its name: exact enough to look there.
    private static func place(of error: any Error, in bytes: [UInt8]) -> String {
        let (keys, reason): ([any CodingKey], String) =
            switch error {
            case DecodingError.keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case DecodingError.typeMismatch(_, let context): (context.codingPath, "has the wrong type")
            case DecodingError.valueNotFound(_, let context): (context.codingPath, "has no value")
            case DecodingError.dataCorrupted(let context):
                (context.codingPath, "is not valid: \(context.debugDescription)")
            default: ([], "\(error)")
            }
        guard let last = keys.last(where: { $0.intValue == nil }) else { return "The document \(reason)." }
        let name = keys.map(\.stringValue).joined(separator: ".")
        let quoted = Array("\"\(last.stringValue)\"".utf8)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let line = lines.firstIndex(where: { $0.contains(quoted) }) else { return "'\(name)' \(reason)." }
        return "Line \(line + 1): '\(name)' \(reason)."
    }
}
