import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite(.needs(.program("qemu-img", package: "qemu-utils"))) struct ImageHeaderTests {
    private func make(_ arguments: String...) throws {
        var command = Command(try Program.require("qemu-img", package: "qemu-utils"), ["create", "-q"] + arguments)
        command.timeout = scaled(.seconds(60))
        _ = try command.runSuccessfully()
    }

    @Test(arguments: ["compat=v3", "compat=0.10"])
    func `a qcow2 image tells its capacity`(options: String) throws {
        let folder = try TemporaryDirectory()
        try make("-f", "qcow2", "-o", options, folder.file("a.qcow2"), "12345856")
        #expect(
            try ImageHeader.inspect(folder.file("a.qcow2"))
                == ImageHeader(format: .qcow2, capacity: ByteCount(12_345_856), namesOtherFile: false))
    }

    @Test func `a parent and a data file are noticed`() throws {
        let folder = try TemporaryDirectory()
        try make("-f", "qcow2", folder.file("base.qcow2"), "1M")
        try make("-f", "qcow2", "-b", folder.file("base.qcow2"), "-F", "qcow2", folder.file("child.qcow2"))
        try make("-f", "qcow2", "-o", "data_file=\(folder.file("d.raw"))", folder.file("split.qcow2"), "1M")
        #expect(try ImageHeader.inspect(folder.file("child.qcow2")).namesOtherFile)
        #expect(try ImageHeader.inspect(folder.file("split.qcow2")).namesOtherFile)
    }

    @Test func `a raw disk into which a guest wrote a header stays raw`() throws {
        let folder = try TemporaryDirectory()
        try make("-f", "qcow2", "-b", "/etc/passwd", "-F", "raw", folder.file("x.raw"), "1M")
        let header = try ImageHeader.inspect(folder.file("x.raw"))
        #expect(header.format == .raw && !header.namesOtherFile)
    }

    @Test func `what is no image by its own name is refused`() throws {
        let folder = try TemporaryDirectory()
        for name in ["a.qcow2", "b.vhdx", "c.vmdk"] {
            try folder.write(name, "nothing")
            let failure = #expect(throws: Failure.self) { try ImageHeader.inspect(folder.file(name)) }
            #expect(failure?.is(HostFault.invalidArgument) == true)
        }
    }

    @Test(arguments: [
        ("a", DiskFormat.qcow2), ("a.QCOW2", .qcow2), ("a.img", .raw), ("a.raw", .raw), (".hidden", .qcow2),
    ])
    func `the extension picks the format of a new disk`(name: String, format: DiskFormat) {
        #expect(ImageHeader.format(forNew: "/vms/\(name)") == format)
    }

    @Test func `formats that cannot be moved are not made`() {
        for name in ["a.vhdx", "a.vhd", "a.vmdk"] { #expect(ImageHeader.format(forNew: "/vms/\(name)") == nil) }
    }
}
