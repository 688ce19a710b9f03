import FerryEngine

/// `-Filter`, `-Include` and `-Exclude`, and `-Credential` with them: which of the items that paths name a command works on, by their last names.
struct ItemFilter {
    static let filter = Parameter<String>("Filter", wildcards: true)
    static let include = Parameter<[String]>("Include", wildcards: true)
    static let exclude = Parameter<[String]>("Exclude", wildcards: true)

    static var parameters: [any ParameterKey] { [filter, include, exclude, ProviderCredential.credential] }

    /// Of files inside of folders that are copied, too.
    let filter: WildcardPattern?
    private let include: [WildcardPattern]
    private let exclude: [WildcardPattern]

    /// - Throws: where an account was given, which no provider takes.
    init(_ call: Call, _ io: CommandIO) throws(Stop) {
        try ProviderCredential.refuse(call, io)
        filter = call.isBound(Self.filter) ? WildcardPattern(call[Self.filter]) : nil
        include = call[Self.include].map { WildcardPattern($0) }
        exclude = call[Self.exclude].map { WildcardPattern($0) }
    }

    func fits(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if let filter, !filter.matches(name) { return false }
        return fitsLists(name)
    }

    /// `-Include` and `-Exclude` alone: a folder that is copied with what is in it need not fit the filter.
    func fitsLists(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if !include.isEmpty, !include.contains(where: { $0.matches(name) }) { return false }
        return !exclude.contains { $0.matches(name) }
    }
}
