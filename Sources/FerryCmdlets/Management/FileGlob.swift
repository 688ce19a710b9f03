import FerryEngine

/// Wildcards in paths of the file system.
enum FileGlob {
    /// The paths that match an absolute pattern, sorted as a listing is. Hidden names match only patterns that begin with a dot.
    ///
    /// - Parameter hidden: `-Force`: hidden names match as others do.
    static func expand(_ pattern: String, hidden: Bool = false) -> [String] {
        var found = [""]
        for part in pattern.split(separator: "/").map(String.init) {
            guard WildcardPattern.isPattern(part) else {
                let plain = WildcardPattern.unescape(part)
                found = found.map { $0 + "/" + plain }.filter(FileItem.exists)
                continue
            }
            let wanted = WildcardPattern(part, caseSensitive: true)
            found = found.flatMap { folder in
                FileItem.names(in: folder.isEmpty ? "/" : folder).filter { name in
                    (hidden || !name.hasPrefix(".") || part.hasPrefix(".")) && wanted.matches(name)
                }.map { folder + "/" + $0 }
            }
        }
        return found.map { $0.isEmpty ? "/" : $0 }
    }
}
