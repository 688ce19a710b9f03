/// `$env:X`, `$function:f`, `$alias:a`: variables on other drives.
enum Drives {
    static func read(_ drive: String, _ name: String, _ frame: Frame) throws(Stop) -> Value {
        switch drive {
        case "env": return .optional(Environment.value(name))
        case "function":
            let (name, outermost) = unscoped(name, frame)
            var scope: Scope? = outermost ?? frame.scope
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
            let (name, scope) = place(ofFunction: name, frame)
            if value.isNull {
                scope.functions[name.folded] = nil
                runspace.commandsChanged()
            } else if let block = value.asScriptBlock {
                runspace.setFunction(name, block, in: scope)
            } else {
                runspace.setFunction(name, try runspace.makeScriptBlock(value.display), in: scope)
            }
        case "alias": runspace.setAlias(name, to: value.display, in: frame.scope)
        default: throw noDrive(drive)
        }
    }

    /// Where a function is that is set by its path, and its name there: wherever it is seen, unlike one that a `function`
    /// statement makes, or in the scope that is part of the name.
    static func place(ofFunction path: String, _ frame: Frame) -> (name: String, scope: Scope) {
        let (name, named) = unscoped(path, frame)
        if let named { return (name, named) }
        let key = name.folded
        var scope: Scope? = frame.scope
        while let current = scope {
            if current.functions[key] != nil { return (name, current) }
            scope = current.parent
        }
        return (name, frame.scope)
    }

    /// `global:name` without the scope, and the scope.
    private static func unscoped(_ path: String, _ frame: Frame) -> (name: String, scope: Scope?) {
        guard let colon = path.firstIndex(of: ":") else { return (path, nil) }
        let name = String(path[path.index(after: colon)...])
        switch path[..<colon].lowercased() {
        case "global": return (name, frame.scope.global)
        case "script": return (name, frame.scope.script)
        case "local", "private": return (name, frame.scope)
        default: return (path, nil)
        }
    }

    private static func noDrive(_ drive: String) -> Stop {
        .runtime(
            "DriveNotFound", .objectNotFound,
            "Cannot find drive. A drive with the name '\(drive)' does not exist.", target: .string(drive),
            exception: "System.Management.Automation.DriveNotFoundException")
    }
}
