import FerryEngine

/// `-Include` and `-Exclude` of the variable commands.
enum VariableFilter {
    /// Those of `names` that match one of `include`, where there is one, and none of `exclude`.
    static func names(_ names: [String], include: [String], exclude: [String]) -> [String] {
        let (wanted, unwanted) = (include.map { WildcardPattern($0) }, exclude.map { WildcardPattern($0) })
        return names.filter { name in
            (wanted.isEmpty || wanted.contains { $0.matches(name) }) && !unwanted.contains { $0.matches(name) }
        }
    }
}
