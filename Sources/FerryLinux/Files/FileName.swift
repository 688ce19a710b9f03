import FerryCore

/// A path cut into its folder and its last component.
struct FileName {
    let folder: String
    let last: String

    init(of path: String) throws(Failure) {
        var bytes = path.utf8[...]
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
        let name: Substring.UTF8View
        if let slash = bytes.lastIndex(of: UInt8(ascii: "/")) {
            name = bytes[bytes.index(after: slash)...]
            folder = slash == bytes.startIndex ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
        } else {
            name = bytes
            folder = "."
        }
        last = String(decoding: name, as: UTF8.self)
        guard !last.isEmpty, last != ".", last != ".." else {
            throw Failure(LinuxFault.invalidPath, "\(path) does not name a file.", target: path)
        }
    }
}
