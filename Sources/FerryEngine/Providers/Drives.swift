/// `$env:X`, `$function:f`, `$alias:a`: variables on other drives.
enum Drives {
    static func read(_ drive: String, _ name: String, _ frame: Frame) throws(Stop) -> Value {
        switch drive {
        case "env": return .optional(Environment.value(name))
        case "function":
            var scope: Scope? = frame.scope
            while let current = scope {
                if let function = current.functions[name.folded] { return .object(function.scriptBlock) }
                scope = current.parent
            }
            return .null
        case "alias":
            var scope: Scope? = frame.scope
            while let current = scope {
                if let alias = current.aliases[name.folded] { return .string(alias.definition) }
                scope = current.parent
            }
            return .null
        default: throw noDrive(drive)
        }
    }

    static func write(_ drive: String, _ name: String, _ value: Value, _ frame: Frame) throws(Stop) {
        let runspace = frame.runspace
        switch drive {
        case "env": Environment.set(name, to: value.isNull ? nil : value.display)
        case "function":
            if value.isNull {
                scope(ofFunction: name, frame).functions[name.folded] = nil
                runspace.commandsChanged()
            } else if let block = value.asScriptBlock {
                runspace.setFunction(name, block, in: scope(ofFunction: name, frame))
            } else {
                let block = try runspace.makeScriptBlock(value.display)
                runspace.setFunction(name, block, in: scope(ofFunction: name, frame))
            }
        case "alias": runspace.setAlias(name, to: value.display, in: frame.scope)
        default: throw noDrive(drive)
        }
    }

    /// Where a function is that is set by its path: wherever it is seen, unlike one that a `function` statement makes.
    static func scope(ofFunction name: String, _ frame: Frame) -> Scope {
        let key = name.folded
        var scope: Scope? = frame.scope
        while let current = scope {
            if current.functions[key] != nil { return current }
            scope = current.parent
        }
        return frame.scope
    }

    private static func noDrive(_ drive: String) -> Stop {
        .runtime(
            "DriveNotFound", .objectNotFound,
            "Cannot find drive. A drive with the name '\(drive)' does not exist.", target: .string(drive),
            exception: "System.Management.Automation.DriveNotFoundException")
    }
}
