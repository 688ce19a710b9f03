package import Foundation

/// `System.Guid`.
package struct GUID: Hashable, Sendable {
    package var uuid: UUID

    package init(_ uuid: UUID) { self.uuid = uuid }
    package init() { uuid = UUID() }
    package static var empty: GUID { GUID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))) }

    /// Accepts .NET's forms N, D, B and P.
    package init?(_ text: String) {
        var digits = text.trimmingCharacters(in: .whitespaces)
        if (digits.hasPrefix("{") && digits.hasSuffix("}")) || (digits.hasPrefix("(") && digits.hasSuffix(")")) {
            digits = String(digits.dropFirst().dropLast())
        }
        if digits.count == 32, digits.allSatisfy(\.isHexDigit) {
            var dashed = ""
            for (index, digit) in digits.enumerated() {
                if [8, 12, 16, 20].contains(index) { dashed.append("-") }
                dashed.append(digit)
            }
            digits = dashed
        }
        guard let uuid = UUID(uuidString: digits) else { return nil }
        self.uuid = uuid
    }

    /// Format D: lower case, dashed.
    package var text: String { uuid.uuidString.lowercased() }

    package func formatted(_ format: String) -> String? {
        switch format.uppercased() {
        case "", "D": text
        case "N": text.filter { $0 != "-" }
        case "B": "{\(text)}"
        case "P": "(\(text))"
        default: nil
        }
    }
}
