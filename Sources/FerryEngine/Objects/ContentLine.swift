/// Where the lines that `Get-Content` puts out were read.
package final class ContentOrigin {
    /// As `Get-Content` names it, absolute.
    fileprivate let path: String
    fileprivate let item: Value?

    /// - Parameter item: the file, of which the drive and the provider are asked.
    package init(_ path: String, item: Value?) {
        self.path = path
        self.item = item
    }

    fileprivate static let names = [
        "PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider", "ReadCount",
    ]

    fileprivate func note(_ key: String, readCount: Int64) -> Value? {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        switch key {
        case "pspath": return .string(path)
        case "psparentpath": return .string(slash == path.startIndex ? "/" : String(path[..<slash]))
        case "pschildname": return .string(String(path[path.index(after: slash)...]))
        case "psdrive", "psprovider": return (try? item?.asObject?.property(key)) ?? nil
        case "readcount": return .number(.long(readCount))
        default: return nil
        }
    }

    /// The notes as members, for what was read as an array of lines.
    package func notes(readCount: Int64) -> PropertyBag {
        var bag = PropertyBag()
        for name in Self.names {
            if let value = note(name.folded, readCount: readCount) { bag[name] = .note(value) }
        }
        return bag
    }
}

/// A line of a file, which knows where it was read: `(Get-Content x)[0].PSPath`. A text otherwise.
///
/// Its notes are made when somebody looks at them. Files have millions of lines, and hardly any is asked.
package final class ContentLine: ExtendedObject {
    private let origin: ContentOrigin
    private let readCount: Int64
    private var hasGathered = false

    /// - Parameter readCount: the number of the line, from 1.
    package init(_ text: String, _ origin: ContentOrigin, readCount: Int64) {
        self.origin = origin
        self.readCount = readCount
        super.init(.string(text))
    }

    package override func property(_ name: String) throws(Stop) -> Value? {
        hasGathered ? nil : origin.note(name.folded, readCount: readCount)
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        guard !hasGathered, origin.note(name.folded, readCount: readCount) != nil else { return false }
        gatherMembers()
        added?[name] = .note(value)
        return true
    }

    package override func gatherMembers() {
        guard !hasGathered else { return }
        hasGathered = true
        added = origin.notes(readCount: readCount)
    }
}
