/// What PowerShell protects of its own short names.
enum BuiltInAlias {
    /// Most are read-only: another meaning needs -Force. Those of other shells are anybody's.
    static func options(of name: String) -> Variable.Options {
        var options: Variable.Options = free.contains(name) ? [] : .readOnly
        if everywhere.contains(name) { options.insert(.allScope) }
        return options
    }

    private static let free: Set<String> = [
        "cd", "chdir", "cls", "copy", "del", "dir", "echo", "erase", "etsn", "exsn", "fhx", "gjb", "gsn", "gtz", "h",
        "help", "history", "icm", "md", "move", "nsn", "popd", "pushd", "pwd", "r", "rcjb", "rd", "ren", "rjb", "rsn",
        "sajb", "set", "sls", "spjb", "type", "wjb",
    ]

    private static let everywhere: Set<String> = [
        "%", "?", "cd", "copy", "del", "dir", "echo", "foreach", "md", "move", "popd", "pushd", "select", "where",
    ]
}
