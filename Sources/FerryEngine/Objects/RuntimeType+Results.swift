extension RuntimeType {
    /// Types of what commands return that scripts may name, for `-is` and `[…]`.
    static let results: [RuntimeType] =
        [
            groupInfo, groupInfoNoElement, measure, genericMeasure, textMeasure, memberDefinition,
            RuntimeType(commands + "MatchInfo"), RuntimeType("System.Management.Automation.Job"),
            RuntimeType("System.Management.Automation.Job2"), RuntimeType("System.Management.Automation.AliasInfo"),
            RuntimeType("System.Management.Automation.CmdletInfo"),
            RuntimeType("System.Management.Automation.FunctionInfo"),
            RuntimeType("System.Management.Automation.PSVariable"), RuntimeType(commands + "HistoryInfo"),
            RuntimeType(commands + "FileHashInfo"), RuntimeType(commands + "TestConnectionCommand+PingStatus"),
            RuntimeType(commands + "TestConnectionCommand+PingMtuStatus"),
            RuntimeType(commands + "TestConnectionCommand+TraceStatus"),
            RuntimeType(commands + "TestConnectionCommand+TcpPortStatus"),
            RuntimeType("System.Net.NetworkInformation.PingReply"), PropertySet.type,
            RuntimeType("System.Management.Automation.PSMemberInfo"), TypeDataObject.type,
            FormatDataObject.type,
        ] + TypeDataObject.memberTypes

    private static let commands = "Microsoft.PowerShell.Commands."

    package static let groupInfo = RuntimeType(commands + "GroupInfo")
    package static let groupInfoNoElement = RuntimeType(
        commands + "GroupInfoNoElement", bases: [commands + "GroupInfo", "System.Object"])
    package static let memberDefinition = RuntimeType(commands + "MemberDefinition")

    private static let measure = RuntimeType(commands + "MeasureInfo")
    package static let genericMeasure = RuntimeType(
        commands + "GenericMeasureInfo", bases: [commands + "MeasureInfo", "System.Object"])
    /// Of values that are no numbers.
    package static let objectMeasure = RuntimeType(
        commands + "GenericObjectMeasureInfo", bases: [commands + "MeasureInfo", "System.Object"])
    package static let textMeasure = RuntimeType(
        commands + "TextMeasureInfo", bases: [commands + "MeasureInfo", "System.Object"])

    /// `ConvertFrom-Json -AsHashtable`: a hashtable that keeps its order.
    static let orderedHashtable = RuntimeType(
        "System.Management.Automation.OrderedHashtable", kind: .hashtable,
        bases: ["System.Collections.Hashtable", "System.Object"])
}
