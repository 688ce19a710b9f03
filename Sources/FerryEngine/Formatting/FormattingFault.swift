package import FerryCore

/// What can go wrong with views and formats.
package enum FormattingFault: String, FaultCode, CaseIterable {
    case viewFileUnreadable

    package static let domain = "Formatting"

    package var category: FaultCategory {
        switch self {
        case .viewFileUnreadable: .invalidData
        }
    }

    package var advice: String {
        switch self {
        case .viewFileUnreadable: "Correct the file, or remove it from FormatsToProcess in the module's manifest."
        }
    }
}
