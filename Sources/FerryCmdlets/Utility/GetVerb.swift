import FerryEngine

/// The verbs that command names begin with.
struct GetVerb: Cmdlet {
    static let verb = Parameter<[String]>("Verb", position: 0, pipeline: .byValueAndProperty)
    static let group = Parameter<[String]>(
        "Group", position: 1, pipeline: .byProperty, validate: [.set(groups.map(\.0))])
    static let signature = Signature(
        "Get-Verb", typeName: "Microsoft.PowerShell.Commands.GetVerbCommand", parameters: [verb, group])

    private static let type = RuntimeType("System.Management.Automation.VerbInfo")

    /// PowerShell's approved verbs by group: verb and alias prefix.
    private static let groups: [(String, String)] = [
        (
            "Common",
            "Add:a Clear:cl Close:cs Copy:cp Enter:et Exit:ex Find:fd Format:f Get:g Hide:h Join:j Lock:lk Move:m New:n Open:op "
                + "Optimize:om Pop:pop Push:pu Redo:re Remove:r Rename:rn Reset:rs Resize:rz Search:sr Select:sc Set:s Show:sh "
                + "Skip:sk Split:sl Step:st Switch:sw Undo:un Unlock:uk Watch:wc"
        ),
        (
            "Data",
            "Backup:ba Checkpoint:ch Compare:cr Compress:cm Convert:cv ConvertFrom:cf ConvertTo:ct Dismount:dm Edit:ed Expand:en "
                + "Export:ep Group:gp Import:ip Initialize:in Limit:l Merge:mg Mount:mt Out:o Publish:pb Restore:rr Save:sv "
                + "Sync:sy Unpublish:ub Update:ud"
        ),
        (
            "Lifecycle",
            "Approve:ap Assert:as Build:bd Complete:cmp Confirm:cn Deny:dn Deploy:dp Disable:d Enable:e Install:is Invoke:i "
                + "Register:rg Request:rq Restart:rt Resume:ru Start:sa Stop:sp Submit:sb Suspend:ss Uninstall:us "
                + "Unregister:ur Wait:w"
        ),
        ("Diagnostic", "Debug:db Measure:ms Ping:pi Repair:rp Resolve:rv Test:t Trace:tr"),
        ("Communications", "Connect:cc Disconnect:dc Read:rd Receive:rc Send:sd Write:wr"),
        ("Security", "Block:bl Grant:gr Protect:pt Revoke:rk Unblock:ul Unprotect:up"),
        ("Other", "Use:u"),
    ]

    init() {}

    /// Verbs of the groups named, of all where none is.
    static func verbs(of names: [String]) -> [String] {
        let wanted = names.map { WildcardPattern($0) }
        return groups.filter { group in wanted.isEmpty || wanted.contains { $0.matches(group.0) } }.flatMap { group in
            group.1.split(separator: " ").map { String($0.prefix { $0 != ":" }) }
        }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let patterns = call[Self.verb].map { WildcardPattern($0) }
        let groups = call[Self.group].map(\.folded)
        for (group, verbs) in Self.groups where groups.isEmpty || groups.contains(group.folded) {
            for pair in verbs.split(separator: " ") {
                let parts = pair.split(separator: ":").map(String.init)
                guard patterns.isEmpty || patterns.contains(where: { $0.matches(parts[0]) }) else { continue }
                try io.emit(
                    .object(
                        CustomObject(
                            [
                                ("Verb", .string(parts[0])), ("AliasPrefix", .string(parts[1])),
                                ("Group", .string(group)),
                            ],
                            type: Self.type)))
            }
        }
    }
}
