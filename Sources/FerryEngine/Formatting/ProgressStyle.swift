/// `System.Management.Automation.ProgressView`.
package enum ProgressStyle: String, ScriptEnum {
    /// One line an activity, in the colours of `$PSStyle.Progress`.
    case minimal = "Minimal"
    /// Three lines an activity, as Windows PowerShell draws them.
    case classic = "Classic"

    package static let enumType = makeEnumType("System.Management.Automation.ProgressView")
}
