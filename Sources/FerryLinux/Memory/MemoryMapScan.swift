import FerryCore
import Glibc

/// One piece of a process's address space that maps a file.
struct MappedPiece: Hashable {
    /// Addresses in the process.
    var start: UInt64
    var end: UInt64
    /// Where in the file `start` lies.
    var fileOffset: UInt64
    var isShared: Bool

    var length: UInt64 { end - start }
}

/// Reads /proc/PID/maps.
enum MemoryMapScan {
    /// Where process `pid` maps the file with this identity, ascending by address. A process may map it several times, and
    /// the kernel may show one mapping in several pieces.
    static func pieces(of file: FileIdentity, in pid: Int32) throws(Failure) -> [MappedPiece] {
        let path = "/proc/\(pid)/maps"
        let bytes = try DurableFile.read(path, limit: 64 << 20)
        // Device numbers as the kernel prints them: major and minor of the stat number.
        let device = Self.deviceName(file.device)
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            piece(line: String(decoding: line, as: UTF8.self), device: device, inode: file.inode)
        }
    }

    /// `7f00-7f10 rw-s 00001000 00:1c 42   /path`
    private static func piece(line: String, device: String, inode: UInt64) -> MappedPiece? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count >= 5, fields[3] == device, UInt64(fields[4]) == inode else { return nil }
        let ends = fields[0].split(separator: "-")
        guard ends.count == 2, let start = UInt64(ends[0], radix: 16), let end = UInt64(ends[1], radix: 16),
            start < end,
            let offset = UInt64(fields[2], radix: 16)
        else { return nil }
        return MappedPiece(start: start, end: end, fileOffset: offset, isShared: fields[1].last == "s")
    }

    private static func deviceName(_ device: UInt64) -> String {
        let major = ((device >> 8) & 0xfff) | ((device >> 32) & ~0xfff)
        let minor = (device & 0xff) | ((device >> 12) & ~0xff & 0xffff_ffff)
        func two(_ number: UInt64) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        return "\(two(major)):\(two(minor))"
    }
}
