import FerryEngine

extension CommandIO {
    /// The files of `Update-TypeData` and `Update-FormatData`: what is none is reported and left out.
    ///
    /// - Parameter id: the error id of a path that leads nowhere.
    func dataFiles(_ patterns: [String], id: String) throws(Stop) -> [String] {
        var found: [String] = []
        for text in patterns {
            let isThere = WildcardPattern.isPattern(text) || FileItem.exists(runspace.location.resolve(text))
            let files = isThere ? try files([text]).filter { !FileItem.isFolder($0) } : []
            if files.isEmpty {
                try report(
                    id, .invalidOperation, "Cannot find path '\(text)' because it does not exist.",
                    target: .string(text), exception: "System.Management.Automation.ItemNotFoundException")
            }
            for file in files {
                if file.lowercased().hasSuffix(".ps1xml") {
                    found.append(file)
                } else {
                    try report(
                        "WrongExtension", .invalidOperation,
                        "Cannot read the file \"\(file)\" because it does not have the file name extension \"ps1xml\".",
                        exception: "System.InvalidOperationException")
                }
            }
        }
        return found
    }

    /// A type by itself or by name.
    func type(_ value: Value) throws(Stop) -> RuntimeType {
        if case .type(let type) = value { return type }
        if let type = TypeCatalog.resolve(value.display) { return type }
        throw failing(
            "InvalidCastFromStringToType", .invalidArgument,
            "Cannot convert the \"\(value.display)\" value of type \"\(value.typeName.fullName)\" to type \"System.Type\".",
            exception: "System.Management.Automation.PSInvalidCastException")
    }

    /// The code of a member; nil for null.
    func scriptBlock(_ value: Value) throws(Stop) -> ScriptBlock? {
        if value.isNull { return nil }
        if let block = value.asScriptBlock { return block }
        throw failing(
            "ConvertToFinalInvalidCastException", .invalidArgument,
            "Cannot convert the \"\(value.display)\" value of type \"\(value.typeName.fullName)\" to type "
                + "\"System.Management.Automation.ScriptBlock\".",
            exception: "System.Management.Automation.PSInvalidCastException")
    }
}
