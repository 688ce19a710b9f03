import FerryEngine

extension CommandIO {
    /// The path of an item on one of the session's drives; `nil` after reporting that there is no such drive, or that files have
    /// no items of this kind.
    func driveItemPath(_ text: String) throws(Stop) -> ProviderPath? {
        guard let path = try checkedPath(text) else { return nil }
        guard path.isFile else { return path }
        try report(
            "NotSupported", .notImplemented,
            "Provider operation stopped because the provider does not support this operation.",
            target: .string(text), exception: "System.Management.Automation.PSNotSupportedException")
        return nil
    }

    /// Sets a variable, environment variable, alias or function by its drive path.
    ///
    /// - Parameters:
    ///   - value: null takes environment variables and functions away.
    ///   - options: what the item is from now on; nil leaves it as it is.
    ///   - force: changes what is read-only, too.
    func setDriveItem(
        _ path: ProviderPath, _ value: Value, options: Variable.Options? = nil, force: Bool = false
    ) throws(Stop) {
        switch path {
        case .file: return
        case .environment(let name): Environment.set(name, to: value.isNull ? nil : value.display)
        case .variable(let name):
            if force || options != nil {
                try assign(name, value, in: frame.scope, options: options, description: nil, force: force)
            } else {
                try setVariable(name, to: value)
            }
        case .alias(let name):
            try setAlias(name, to: value.display, in: frame.scope, options: options, force: force)
        case .function(let name):
            guard !value.isNull else { return removeFunction(name) }
            try setFunction(name, try functionBlock(value), options: options, force: force)
        }
    }

    /// Gives an item other options and leaves its value.
    func setDriveItem(_ path: ProviderPath, options: Variable.Options, force: Bool) throws(Stop) {
        guard let item = driveItems(path).first else { return try reportMissing(path.onDrive?.name ?? "") }
        let member =
            if case .function = path { "ScriptBlock" } else if case .alias = path { "Definition" } else { "Value" }
        let value = try property(member, of: item) ?? .null
        try setDriveItem(path, value, options: options, force: force)
    }

    /// Copies an item of one of the session's drives to another name on it; `moving` takes the old name away.
    func copyDriveItem(_ path: ProviderPath, to place: ProviderPath, moving: Bool) throws(Stop) -> Bool {
        guard let item = driveItems(path).first, let name = place.onDrive?.name, !name.isEmpty else {
            try reportMissing(path.onDrive.map { $0.drive + ":/" + $0.name } ?? "")
            return false
        }
        let member =
            if case .function = path { "ScriptBlock" } else if case .alias = path { "Definition" } else { "Value" }
        try setDriveItem(place, try property(member, of: item) ?? .null)
        guard moving else { return true }
        switch path {
        case .file: break
        case .environment(let old): Environment.set(old, to: nil)
        case .variable(let old): try removeVariable(old, in: frame.scope, force: false)
        case .alias(let old): try removeAlias(old, in: nil, force: false)
        case .function(let old): removeFunction(old)
        }
        return true
    }

    /// A script block, a function's, or one made of text.
    private func functionBlock(_ value: Value) throws(Stop) -> ScriptBlock {
        if let block = value.asScriptBlock { return block }
        if let block = try property("ScriptBlock", of: value)?.asScriptBlock { return block }
        guard case .string(let text) = value else {
            throw failing(
                "Argument", .invalidArgument,
                "The value of a function is a script block, another function or text, not '\(value.display)'.",
                target: value, exception: "System.Management.Automation.PSArgumentException")
        }
        return try runspace.makeScriptBlock(text)
    }
}
