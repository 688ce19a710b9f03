package import FerryCore
import FerryLinux

/// A digest of a guest's memory that does not depend on which zero pages are holes, so that source and target can compare.
enum MemoryDigest {
    private static let window: UInt64 = 1 << 20
    private static let page: UInt64 = 4096

    static func of(_ file: RAMFile, _ mapping: Mapping) throws(Failure) -> [UInt8] {
        var digest = try Digest()
        for extent in try file.dataExtents().extents {
            var offset = extent.offset
            while offset < extent.end {
                let length = min(window, extent.end - offset)
                mapping.withBytes(of: Extent(offset: offset, length: length)) { bytes in
                    add(bytes, at: offset, to: &digest)
                }
                offset += length
            }
        }
        return digest.finish()
    }

    private static func add(_ bytes: RawSpan, at offset: UInt64, to digest: inout Digest) {
        var position = 0
        while position < bytes.byteCount {
            let end = min(position + Int(page), bytes.byteCount)
            let piece = bytes.extracting(position..<end)
            if !piece.isAllZero {
                digest.update(offset + UInt64(position))
                digest.update(piece)
            }
            position = end
        }
    }
}

/// A lane or sink whose contents can be compared with the other side's while nothing writes to them.
package protocol MemoryDigesting: AnyObject {
    /// SHA-256 over each page that is not all zero: its offset and its bytes.
    func digest() throws(Failure) -> [UInt8]
}
