package import FerryCore
import FerryLinux
import Glibc

/// What the first bytes of a disk image say. No program is started, and nothing in the image is followed.
package struct ImageHeader: Sendable, Hashable {
    package var format: DiskFormat
    /// As the guest sees it.
    package var capacity: ByteCount
    /// It names another file: a parent, or one that holds its data.
    package var namesOtherFile: Bool

    package init(format: DiskFormat, capacity: ByteCount, namesOtherFile: Bool) {
        self.format = format
        self.capacity = capacity
        self.namesOtherFile = namesOtherFile
    }

    /// The format that a path's extension stands for: qcow2 without one, nil for formats QEMU cannot move while it runs.
    package static func format(forNew path: String) -> DiskFormat? {
        switch fileExtension(path) {
        case "raw", "img": .raw
        case "qcow2", "": .qcow2
        default: nil
        }
    }

    /// Reads an image in a known format.
    package static func read(_ path: String, format: DiskFormat) throws(Failure) -> ImageHeader {
        switch format {
        case .raw:
            return ImageHeader(format: .raw, capacity: ByteCount(try FileIdentity.of(path).size), namesOtherFile: false)
        case .qcow2:
            let head = try firstBytes(path)
            guard head.count == headLength, head.starts(with: qcowMagic), (2...3).contains(number(head, 4, 4)) else {
                throw notAnImage(path, "it is not a qcow2 image")
            }
            // Incompatible feature bit 2: the data is in a file of its own. Only version 3 has features.
            let hasDataFile = number(head, 4, 4) == 3 && number(head, 72, 8) & 4 != 0
            return ImageHeader(
                format: .qcow2, capacity: ByteCount(number(head, 24, 8)),
                namesOtherFile: number(head, 8, 8) != 0 || hasDataFile)
        }
    }

    /// Finds out the format of an image that an administrator names. The extension decides where it says anything: a guest can
    /// write what it likes into a raw disk, and must not turn it into another format.
    ///
    /// - Throws: `HostFault.invalidArgument` naming VHDPath.
    package static func inspect(_ path: String) throws(Failure) -> ImageHeader {
        switch fileExtension(path) {
        case "raw", "img": return try read(path, format: .raw)
        case "qcow2": return try read(path, format: .qcow2)
        case "vhdx", "vhd", "vmdk", "avhdx", "avhd", "iso":
            throw Failure(
                HostFault.invalidArgument, "The virtual disk '\(path)' has a format that this host cannot use.",
                target: path,
                advice: "Convert it to qcow2: qemu-img convert -O qcow2.")
        default:
            let isQcow = try firstBytes(path).starts(with: qcowMagic)
            return try read(path, format: isQcow ? .qcow2 : .raw)
        }
    }

    private static let qcowMagic: [UInt8] = [0x51, 0x46, 0x49, 0xFB]
    private static let headLength = 104

    private static func firstBytes(_ path: String) throws(Failure) -> [UInt8] {
        try Descriptor.open(path, O_RDONLY).withRaw { (number) throws(Failure) in
            var bytes = [UInt8](repeating: 0, count: headLength)
            // SAFETY: pread writes at most `count` bytes into a buffer of that size.
            let count = unsafe pread(number, &bytes, bytes.count, 0)
            guard count >= 0 else { throw Failure(errno: errno, "read \(path)", target: path) }
            return Array(bytes.prefix(count))
        }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> UInt64 {
        bytes[offset..<offset + length].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func fileExtension(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    private static func notAnImage(_ path: String, _ reason: String) -> Failure {
        Failure(HostFault.invalidArgument, "The virtual disk '\(path)' cannot be used: \(reason).", target: path)
    }
}
