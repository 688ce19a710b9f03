/// `$Host.UI.RawUI`: the terminal itself.
package final class RawInterfaceObject: Object {
    private unowned let runspace: Runspace
    init(_ runspace: Runspace) { self.runspace = runspace }

    static let type = RuntimeType("System.Management.Automation.Internal.Host.InternalHostRawUserInterface")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] {
        [
            "ForegroundColor", "BackgroundColor", "CursorPosition", "WindowPosition", "CursorSize", "BufferSize",
            "WindowSize", "MaxWindowSize", "MaxPhysicalWindowSize", "KeyAvailable", "WindowTitle",
        ]
    }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "windowsize", "buffersize", "maxwindowsize", "maxphysicalwindowsize":
            return .object(CellObject(width: runspace.host.width, height: runspace.host.height))
        case "windowtitle": return .string(runspace.host.title)
        case "foregroundcolor": return runspace.host.foreground.value
        case "backgroundcolor": return runspace.host.background.value
        case "cursorposition":
            let cursor = runspace.host.cursor
            return Self.place(cursor.column, cursor.row)
        case "windowposition": return Self.place(0, 0)
        case "cursorsize": return .int(25)
        case "keyavailable": return .bool(runspace.host.hasKey)
        default: return nil
        }
    }

    private static func place(_ column: Int, _ row: Int) -> Value {
        .object(CellObject(column: column, row: row))
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        let host = runspace.host
        func color() throws(Stop) -> ConsoleColor? {
            ConsoleColor(
                rawValue: try Conversion.convert(value, to: RuntimeType(enum: ConsoleColor.enumType), runspace).display)
        }
        func number(_ name: String) throws(Stop) -> Int {
            guard case .number(let number)? = try Members.property(name, of: value, runspace) else { return 0 }
            return Int(min(max(number.asInt64 ?? 0, 0), 32_766))
        }
        switch name.folded {
        case "windowtitle": host.title = value.display
        case "foregroundcolor": if let color = try color() { host.foreground = color }
        case "backgroundcolor": if let color = try color() { host.background = color }
        case "cursorposition": host.cursor = (column: try number("X"), row: try number("Y"))
        // A terminal has the size its window has: what scripts for Windows consoles set is left as it is.
        case "windowsize", "buffersize", "windowposition", "cursorsize": break
        default: return false
        }
        return true
    }
}
