package import FerryCore
import Foundation

/// The one JSON dialect of the contract: the same on both sides of a connection, keys as declared, unknown keys ignored.
///
/// Infinities and NaN are spelled, because a rate measured over no time must not make a report unsendable.
package enum ContractJSON {
    /// - Throws: `RouteFault.malformedAnswer` when a value of the contract has no JSON form.
    package static func encode(_ value: some Encodable) throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do { return [UInt8](try encoder.encode(value)) } catch {
            throw Failure(
                RouteFault.malformedAnswer, "A \(type(of: value)) cannot be written as JSON: \(describe(error)).")
        }
    }

    /// Decodes what the other side sent.
    ///
    /// - Parameters:
    ///   - role: what the bytes should have been, for the message: "the request", "NODE1's answer".
    ///   - fault: whose mistake it is when they are not.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], role: String, fault: RouteFault = .malformedBody
    ) throws(Failure) -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do { return try decoder.decode(type, from: Data(bytes)) } catch {
            throw Failure(fault, "\(role) is not a valid \(type): \(describe(error)).", target: "\(type)")
        }
    }

    /// What a coding error says, with the path to the value and without Foundation's wrapping.
    private static func describe(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "" : " at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "'\(key.stringValue)' is missing\(place(context))"
        case DecodingError.typeMismatch(let type, let context): "a \(type) is expected\(place(context))"
        case DecodingError.valueNotFound(let type, let context): "a \(type) is missing\(place(context))"
        case DecodingError.dataCorrupted(let context):
            "the data is malformed\(place(context)) (\(context.debugDescription.prefix(200)))"
        case EncodingError.invalidValue(_, let context): context.debugDescription
        default: "\(error)"
        }
    }
}
