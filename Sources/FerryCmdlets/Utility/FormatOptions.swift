import FerryEngine

/// What the format commands have in common: collections, and calculated properties that fail.
enum FormatOptions {
    static let expand = Parameter<String>("Expand", validate: [.set(["CoreOnly", "EnumOnly", "Both"])])
    static let displayError = Parameter<Bool>.switch("DisplayError")
    static let showError = Parameter<Bool>.switch("ShowError")

    static var parameters: [any ParameterKey] { [expand, displayError, showError] }

    static func add(to request: inout FormatRequest, _ call: Call) {
        request.expansion =
            switch call[expand].folded {
            case "coreonly": .collection
            case "both": .both
            default: .elements
            }
        request.marksErrors = call[displayError]
        request.showsErrors = call[showError]
    }
}
