import FerryContract
import FerryCore
import FerryHost
import Testing

@Suite struct MachineDocumentTests {
    static func sample(_ name: String = "web01") -> MachineDocument {
        MachineDocument(id: "0b1c2d3e-0000-4000-8000-000000000001", name: name, memory: .mebibytes(64), creationTime: 1)
    }

    @Test func `a plain machine is valid`() throws { try Self.sample().validate() }

    static let mistakes: [(String, String, @Sendable (inout MachineDocument) -> Void)] = [
        ("empty name", "Name", { $0.name = " " }),
        ("long name", "Name", { $0.name = String(repeating: "x", count: 101) }),
        ("control character", "Name", { $0.name = "a\nb" }), ("no id", "Id", { $0.id = "../../etc" }),
        ("upper-case id", "Id", { $0.id = "0B1C2D3E-0000-4000-8000-000000000001" }),
        ("generation", "Generation", { $0.generation = 3 }),
        ("no processor", "ProcessorCount", { $0.processorCount = 0 }),
        ("processors", "ProcessorCount", { $0.processorCount = 100_000 }),
        ("little memory", "MemoryStartupBytes", { $0.memory = .mebibytes(30) }),
        ("odd memory", "MemoryStartupBytes", { $0.memory = .mebibytes(65) }),
        ("too much memory", "MemoryStartupBytes", { $0.memory = .gibibytes(1 << 20) }),
        ("relative disk", "VHDPath", { $0.disks = [.init(name: "disk0", path: "a.raw", format: .raw)] }),
        ("disk name", "VHDPath", { $0.disks = [.init(name: "disk1", path: "/a.raw", format: .raw)] }),
        ("disk path with newline", "VHDPath", { $0.disks = [.init(name: "disk0", path: "/a\nb", format: .raw)] }),
        (
            "one image twice", "VHDPath",
            { $0.disks = (0..<2).map { .init(name: "disk\($0)", path: "/a.raw", format: .raw) } }
        ),
        ("card without address", "MacAddress", { $0.network = .user }),
        (
            "multicast address", "MacAddress",
            {
                $0.network = .user; $0.macAddress = "01:00:5e:00:00:01"
            }
        ),
        (
            "address with options", "MacAddress",
            {
                $0.network = .user; $0.macAddress = "52:54:00:00:00:00,x=y"
            }
        ),
        ("kernel line", "KernelCommandLine", { $0.kernel = .init(hasInitrd: false, commandLine: "a\u{0}b") }),
    ]

    @Test(arguments: mistakes.indices)
    func `a mistake names the parameter it came by`(index: Int) {
        let (title, parameter, change) = Self.mistakes[index]
        var document = Self.sample()
        change(&document)
        let failure = #expect(throws: Failure.self) { try document.validate() }
        #expect(failure?.message.hasPrefix("Cannot validate argument on parameter '\(parameter)'.") == true, "\(title)")
    }

    @Test func `an unknown version is not supported`() {
        var document = Self.sample()
        document.version = "99.0"
        let failure = #expect(throws: Failure.self) { try document.validate() }
        #expect(failure?.is(HostFault.versionNotSupported) == true)
    }

    @Test func `a machine keeps its network address`() throws {
        let address = MachineDocument.hardwareAddress(for: Self.sample().id)
        #expect(address == MachineDocument.hardwareAddress(for: Self.sample().id))
        #expect(address != MachineDocument.hardwareAddress(for: "0b1c2d3e-0000-4000-8000-000000000002"))
        var document = Self.sample()
        document.network = .user
        document.macAddress = address
        try document.validate()
    }

    @Test func `a host offers the versions of which it knows both machine types`() {
        let known: Set = ["pc-i440fx-4.2", "pc-q35-4.2", "pc-i440fx-7.2", "pc-q35-7.2", "pc-i440fx-9.2"]
        #expect(ConfigurationVersion.offered(by: known).map(\.name) == ["5.0", "6.2", "7.0", "7.1", "10.0"])
    }
}
