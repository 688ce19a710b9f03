/// What `$Host.UI.RawUI` does with the terminal's keys.
extension HostMembers {
    static let raw = TypeMembers(RawInterfaceObject.type.fullName) {
        $0.method(
            "ReadKey",
            "System.Management.Automation.Host.KeyInfo ReadKey()\nSystem.Management.Automation.Host.KeyInfo ReadKey(System.Management.Automation.Host.ReadKeyOptions options)",
            0...1
        ) { call throws(Stop) in
            let options = call.count == 1 ? call.arguments[0].display.folded : ""
            let key = try wrapping(call) { () throws(Stop) in
                try call.runspace.host.readKey(echoes: !options.contains("noecho"))
            }
            guard let character = key else { return .null }
            let unit = String(character).units.first ?? 0
            return .object(
                CustomObject(
                    [
                        ("VirtualKeyCode", .int(Int32(String(character).uppercased().units.first ?? 0))),
                        ("Character", .char(unit)), ("ControlKeyState", .int(0)), ("KeyDown", .bool(true)),
                    ], typeNames: ["System.Management.Automation.Host.KeyInfo"]))
        }
        $0.method(
            "LengthInBufferCells",
            "int LengthInBufferCells(string source)\nint LengthInBufferCells(string source, int offset)", 1...2
        ) { call throws(Stop) in
            .count(EscapeSequences.cells(of: try call.string(0)))
        }
        $0.method("FlushInputBuffer", "void FlushInputBuffer()", 0...0) { call throws(Stop) in
            call.runspace.host.dropTyped()
            return .nothing
        }
    }
}
