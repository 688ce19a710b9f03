/// The views PowerShell has for its own types; widths and labels are its public output's.
enum StandardViews {
    static var all: [FormatView] {
        [
            dictionary, members, commands, files, groups, groupCounts, processesWithUsers, processes, modules,
            locations, variables,
            versions, semanticVersions,
            types, drives, matches, helpPages, helpEntries, events, jobs, sessions, history,
            cultures, byteRows, callFrames, typeData,
        ] + management
    }

    static func column(
        _ label: String, _ property: String? = nil, width: Int? = nil, _ alignment: ColumnAlignment? = nil
    ) -> FormatColumn {
        FormatColumn(label: label, expression: .property(property ?? label), width: width, alignment: alignment)
    }

    static func computed(
        _ label: String, _ source: String, width: Int? = nil, _ alignment: ColumnAlignment? = nil
    ) -> FormatColumn {
        FormatColumn(label: label, expression: .source(source), width: width, alignment: alignment)
    }

    static func table(
        _ name: String, _ types: [String], _ columns: [FormatColumn], groupBy: FormatColumn? = nil
    ) -> FormatView {
        FormatView(
            name: name, typeNames: types, shape: .table(columns, hidesHeaders: false, isAutoSized: false),
            groupBy: groupBy)
    }

    /// Hashtables are shown pair by pair.
    private static var dictionary: FormatView {
        table(
            "Dictionary", ["System.Collections.DictionaryEntry"], [column("Name", width: 30), column("Value")])
    }

    private static var members: FormatView {
        table(
            "MemberDefinition", ["Microsoft.PowerShell.Commands.MemberDefinition"],
            [column("Name"), column("MemberType"), column("Definition")], groupBy: column("TypeName"))
    }

    private static var commands: FormatView {
        table(
            "CommandInfo", ["System.Management.Automation.CommandInfo"],
            [
                column("CommandType", width: 15),
                computed("Name", "if ($_.CommandType -eq 'Alias') { $_.DisplayName } else { $_.Name }", width: 50),
                column("Version", width: 10), column("Source"),
            ])
    }

    /// A file's name in the colours of its kind.
    private static let fileName = """
        $style = $PSStyle.FileInfo
        $color = if ($_.LinkType) { $style.SymbolicLink } elseif ($_.PSIsContainer) { $style.Directory }
            elseif ($style.Extension.ContainsKey($_.Extension)) { $style.Extension[$_.Extension] }
            elseif ("$($_.UnixMode)".Contains('x')) { $style.Executable } else { '' }
        $name = if ($color) { "$color$($_.Name)$($PSStyle.Reset)" } else { $_.Name }
        if ($_.LinkType) { "$name -> $($_.Target)" } else { $name }
        """

    private static var files: FormatView {
        table(
            "childrenWithUnixStat", ["System.IO.DirectoryInfo", "System.IO.FileInfo"],
            [
                column("UnixMode", width: 10), column("User", width: 10, .right), column("Group", width: 10),
                computed("LastWriteTime", "'{0:d} {0:HH}:{0:mm}' -f $_.LastWriteTime", width: 16, .right),
                column("Size", width: 12, .right),
                computed("Name", fileName),
            ],
            // The label is one further in than other groups', as PowerShell has it.
            groupBy: computed(" Directory", "$_.PSParentPath.Substring($_.PSParentPath.IndexOf('::') + 2)"))
    }

    private static var groups: FormatView {
        table(
            "GroupInfo", ["Microsoft.PowerShell.Commands.GroupInfo"],
            [column("Count", width: 5, .right), column("Name", width: 25), column("Group")])
    }

    private static var groupCounts: FormatView {
        table(
            "GroupInfoNoElement", ["Microsoft.PowerShell.Commands.GroupInfoNoElement"],
            [column("Count", width: 5, .right), column("Name", width: 25)])
    }

    private static var processes: FormatView {
        table(
            "process", ["System.Diagnostics.Process"],
            [
                computed("NPM(K)", "[long]($_.NPM / 1024)", width: 7, .right),
                computed("PM(M)", "'{0:N2}' -f [float]($_.PM / 1MB)", width: 8, .right),
                computed("WS(M)", "'{0:N2}' -f [float]($_.WS / 1MB)", width: 10, .right),
                computed("CPU(s)", "'{0:N2}' -f [float]$_.CPU", width: 10, .right), column("Id", width: 7, .right),
                column("SI", width: 3, .right), column("ProcessName"),
            ])
    }

    private static var processesWithUsers: FormatView {
        table(
            "ProcessWithUserName", ["System.Diagnostics.Process#IncludeUserName"],
            [
                computed("WS(M)", "'{0:N2}' -f [float]($_.WS / 1MB)", width: 10, .right),
                computed("CPU(s)", "'{0:N2}' -f [float]$_.CPU", width: 8, .right), column("Id", width: 7, .right),
                column("UserName", width: 30), column("ProcessName"),
            ])
    }

    private static var modules: FormatView {
        table(
            "Module", ["System.Management.Automation.PSModuleInfo"],
            [
                column("ModuleType", width: 10), column("Version", width: 10), column("PreRelease", width: 10),
                column("Name", width: 35), computed("ExportedCommands", "$_.ExportedCommands.Keys"),
            ])
    }

    private static var locations: FormatView {
        table(
            "PathInfo", ["System.Management.Automation.PathInfo"], [column("Path")])
    }

    private static var variables: FormatView {
        table(
            "PSVariable", ["System.Management.Automation.PSVariable"], [column("Name", width: 30), column("Value")])
    }

    private static var versions: FormatView {
        table(
            "System.Version", ["System.Version"],
            [
                column("Major", width: 6), column("Minor", width: 6), column("Build", width: 6),
                column("Revision", width: 10),
            ])
    }

    private static var semanticVersions: FormatView {
        table(
            "System.Management.Automation.SemanticVersion", ["System.Management.Automation.SemanticVersion"],
            [
                column("Major", width: 6), column("Minor", width: 6), column("Patch", width: 6),
                column("PreReleaseLabel", width: 15), column("BuildLabel", width: 11),
            ])
    }

    private static var types: FormatView {
        table(
            "System.RuntimeType", ["System.RuntimeType"],
            [
                column("IsPublic", width: 8), column("IsSerial", width: 8), column("Name", width: 40),
                column("BaseType"),
            ])
    }

    private static var events: FormatView {
        table(
            "Default", ["System.Diagnostics.Eventing.Reader.EventLogRecord"],
            [
                column("TimeCreated", width: 26), column("Id", width: 8, .right),
                column("LevelDisplayName", width: 16), column("Message"),
            ], groupBy: column("ProviderName"))
    }

    private static var drives: FormatView {
        func space(_ name: String) -> FormatColumn {
            computed(
                "\(name) (GB)", "if ($_.Provider.Name -eq 'FileSystem') { '{0:###0.00}' -f ($_.\(name) / 1GB) }",
                width: 13, .right)
        }
        return table(
            "PSDriveInfo", ["System.Management.Automation.PSDriveInfo"],
            [
                column("Name", width: 10), space("Used"), space("Free"),
                computed("Provider", "$_.Provider.Name", width: 13), column("Root", width: 35, .right),
                column("CurrentLocation", width: nil, .right),
            ])
    }

    private static var jobs: FormatView {
        table(
            "Job", ["System.Management.Automation.Job"],
            [
                column("Id", width: 6), column("Name", width: 15), column("PSJobTypeName", width: 15),
                column("State", width: 13), column("HasMoreData", width: 15), column("Location", width: 20),
                column("Command", width: 25),
            ])
    }

    /// What was typed and how long it took, with as many units as it needs.
    private static var history: FormatView {
        table(
            "history", ["Microsoft.PowerShell.Commands.HistoryInfo"],
            [
                column("Id", width: 4, .right),
                computed(
                    "Duration",
                    #"""
                    $d = $_.Duration
                    if ($d.TotalHours -ge 10) { '{0}:{1:mm}:{1:ss}.{1:fff}' -f [int][math]::Floor($d.TotalHours), $d }
                    elseif ($d.TotalHours -ge 1) { $d.ToString('h\:mm\:ss\.fff') }
                    elseif ($d.TotalMinutes -ge 1) { $d.ToString('m\:ss\.fff') }
                    else { $d.ToString('s\.fff') }
                    """#, width: 12, .right),
                column("CommandLine"),
            ])
    }

    private static var sessions: FormatView {
        table(
            "PSSession", ["System.Management.Automation.Runspaces.PSSession"],
            [
                column("Id", width: 3, .right), column("Name", width: 15), column("Transport", width: 12),
                column("ComputerName", width: 15), column("ComputerType", width: 15), column("State", width: 13),
                column("ConfigurationName", width: 20), column("Availability", width: 13, .right),
            ])
    }

    private static var cultures: FormatView {
        table(
            "System.Globalization.CultureInfo", ["System.Globalization.CultureInfo"],
            [column("LCID", width: 16), column("Name", width: 16), column("DisplayName")])
    }

    /// Bytes stand below the numbers of their columns.
    private static var byteRows: FormatView {
        table(
            "ByteCollection", ["Microsoft.PowerShell.Commands.ByteCollection"],
            [
                column("Offset", "HexOffset", width: 16, .right),
                column("Bytes\n00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F", "HexBytes", width: 47),
                column("Ascii"),
            ], groupBy: column("Label"))
    }

    private static var callFrames: FormatView {
        table(
            "CallStackFrame", ["System.Management.Automation.CallStackFrame"],
            [column("Command"), column("Arguments"), column("Location")])
    }

    private static var typeData: FormatView {
        table(
            "TypeData", ["System.Management.Automation.Runspaces.TypeData"], [column("TypeName"), column("Members")])
    }

    /// Lines that matched are shown as their own text.
    private static var matches: FormatView {
        FormatView(name: "Text", typeNames: ["Microsoft.PowerShell.Commands.MatchInfo"], shape: .text)
    }

    private static var helpPages: FormatView {
        FormatView(
            name: "MamlCommandHelpInfo",
            typeNames: [
                "MamlCommandHelpInfo", "MamlCommandHelpInfo#syntax", "MamlCommandHelpInfo#example",
                "MamlCommandHelpInfo#parameter", "MamlCommandHelpInfo#parameterValue",
            ], shape: .page)
    }

    private static var helpEntries: FormatView {
        table(
            "HelpInfoShort", ["HelpInfoShort"],
            [
                column("Name", width: 33), column("Category", width: 9), column("Module", width: 25),
                column("Synopsis"),
            ])
    }
}
