/// One thing that could stand where the cursor is: `System.Management.Automation.CompletionResult`.
package struct CompletionResult {
    /// `System.Management.Automation.CompletionResultType`.
    package enum Kind: String, ScriptEnum {
        case text = "Text"
        case history = "History"
        case command = "Command"
        case providerItem = "ProviderItem"
        case providerContainer = "ProviderContainer"
        case property = "Property"
        case method = "Method"
        case parameterName = "ParameterName"
        case parameterValue = "ParameterValue"
        case variable = "Variable"
        case namespace = "Namespace"
        case type = "Type"
        case keyword = "Keyword"
        case dynamicKeyword = "DynamicKeyword"

        package static let enumType = makeEnumType("System.Management.Automation.CompletionResultType")
    }

    /// What is put into the line.
    package var text: String
    /// What a list shows.
    package var listItem: String
    package var kind: Kind
    package var toolTip: String

    package init(_ text: String, listItem: String? = nil, _ kind: Kind, toolTip: String? = nil) {
        self.text = text
        self.listItem = listItem ?? text
        self.kind = kind
        self.toolTip = toolTip ?? listItem ?? text
    }

    package var value: Value { .object(CompletionResultObject(self)) }
}

/// A result as scripts see it.
package final class CompletionResultObject: Object {
    package let result: CompletionResult

    package init(_ result: CompletionResult) { self.result = result }

    package static let type = RuntimeType("System.Management.Automation.CompletionResult")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["CompletionText", "ListItemText", "ResultType", "ToolTip"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "completiontext": .string(result.text)
        case "listitemtext": .string(result.listItem)
        case "resulttype": result.kind.value
        case "tooltip": .string(result.toolTip)
        default: nil
        }
    }

    /// `[System.Management.Automation.CompletionResult]::new('text', 'shown', 'ParameterValue', 'tip')`
    static let members = TypeMembers(type.fullName) {
        $0.make { call throws(Stop) in
            guard call.count == 1 || call.count == 4 else { throw call.noOverload() }
            let text = try call.string(0)
            guard call.count == 4 else { return CompletionResult(text, .text).value }
            let kind = CompletionResult.Kind.allCases.first {
                $0.rawValue.folded == call.arguments[2].display.folded
            }
            return CompletionResult(
                text, listItem: try call.string(1), kind ?? .text, toolTip: try call.string(3)
            ).value
        }
    }
}
