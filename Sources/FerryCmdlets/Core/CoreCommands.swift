package import FerryEngine

/// The module `Microsoft.PowerShell.Core`: every command, one line each.
package enum CoreCommands {
    package static let module = CommandModule(
        "Microsoft.PowerShell.Core",
        aliases: [
            "%": "ForEach-Object", "foreach": "ForEach-Object", "?": "Where-Object", "where": "Where-Object",
            "oh": "Out-Host",
        ],
        commands: [
            ForEachObject.self,
            OutDefault.self,
            OutHost.self,
            OutNull.self,
            WhereObject.self,
        ])
}
