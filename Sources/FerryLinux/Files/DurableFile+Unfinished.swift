package import FerryCore

extension DurableFile {
    /// Removes the files beside which `replace` was writing when its process was killed. They were never read by anyone.
    ///
    /// The caller must be the only one who replaces files there: hold the folder's lock.
    ///
    /// - Parameters:
    ///   - depth: how many levels of folders below `folder` are looked through; links are not followed.
    ///   - names: only of these files, nil for all.
    /// - Returns: what was removed.
    @discardableResult
    package static func removeUnfinished(
        in folder: String, depth: Int = 0, of names: [String]? = nil
    ) throws(Failure) -> [String] {
        var removed: [String] = []
        for name in try Folder.names(in: folder) {
            let path = "\(folder)/\(name)"
            if let replaced = replacedName(unfinished: name), names?.contains(replaced) ?? true {
                guard try FileIdentity.ifPresent(path, followingLinks: false)?.isRegularFile == true else { continue }
                try remove(path)
                removed.append(path)
            } else if depth > 0, try FileIdentity.ifPresent(path, followingLinks: false)?.isFolder == true {
                removed += try removeUnfinished(in: path, depth: depth - 1, of: names)
            }
        }
        return removed
    }

    /// `a` of `.a.4711.new`; nil for the name of another file.
    private static func replacedName(unfinished name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].isEmpty, parts.last == "new", Int32(parts[parts.count - 2]) != nil else {
            return nil
        }
        return parts[1..<(parts.count - 2)].joined(separator: ".")
    }
}
