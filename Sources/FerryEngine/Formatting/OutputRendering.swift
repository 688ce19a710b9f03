/// `System.Management.Automation.OutputRendering`: when escape sequences reach the output.
package enum OutputRendering: String, ScriptEnum {
    /// On a terminal; taken out where the output goes elsewhere.
    case host = "Host"
    case plainText = "PlainText"
    /// Always.
    case ansi = "Ansi"

    package static let enumType = makeEnumType("System.Management.Automation.OutputRendering")
}
