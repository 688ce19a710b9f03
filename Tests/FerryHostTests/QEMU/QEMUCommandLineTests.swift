import FerryContract
import FerryCore
import FerryHost
import Testing

@Suite struct QEMUCommandLineTests {
    private func document() -> MachineDocument {
        var document = MachineDocument(
            id: "0b1c2d3e-0000-4000-8000-000000000001", name: "web01", memory: .mebibytes(512), creationTime: 1)
        document.processorCount = 2
        document.network = .user
        document.macAddress = "52:54:00:01:02:03"
        document.disks = [
            .init(name: "disk0", path: "/vms/a,b.qcow2", format: .qcow2),
            .init(name: "disk1", path: "/vms/c.raw", format: .raw),
        ]
        document.kernel = .init(hasInitrd: true, commandLine: "console=ttyS0 quiet")
        return document
    }

    private func command(
        _ document: MachineDocument, accelerator: Accelerator = .tcg, enforced: Bool = false,
        qemu: QEMUVersion = .init(7, 2, 22),
        user: QEMUCommandLine.User? = .init(userID: 999, groupID: 995), launch: QEMUCommandLine.Launch = .paused,
        hasForeignDisks: Bool = false
    ) throws -> [String] {
        var line = QEMUCommandLine(
            document: document, version: try #require(ConfigurationVersion.named(document.version)),
            paths: .init(machineFolder: "/m", runtimeFolder: "/run/f/m", memoryFile: "/mem/m.ram"),
            accelerator: accelerator,
            isBaselineEnforced: enforced, qemu: qemu, user: user,
            firmwareCode: document.generation == 2 ? "/usr/share/OVMF/OVMF_CODE_4M.fd" : nil, launch: launch)
        line.hasForeignDisks = hasForeignDisks
        return line.arguments
    }

    /// What stands after `option`, each time.
    private func values(_ option: String, _ arguments: [String]) -> [String] {
        zip(arguments, arguments.dropFirst()).filter { $0.0 == option }.map(\.1)
    }

    /// Free-page hinting reads a map that blocks outside of QEMU's own migration do not have, and a balloon punches holes that no
    /// tracker reports; neither device is built.
    @Test(arguments: [1, 2])
    func `no machine has a balloon`(generation: Int) throws {
        var document = document()
        document.generation = generation
        for launch in [QEMUCommandLine.Launch.paused, .incoming] {
            #expect(
                try !command(document, launch: launch).contains { $0.contains("balloon") || $0.contains("free-page") })
        }
    }

    @Test func `the whole command of a generation 1 machine`() throws {
        let expected = """
            -name
            guest=web01,process=ferry:web01
            -uuid
            0b1c2d3e-0000-4000-8000-000000000001
            -no-user-config
            -nodefaults
            -display
            none
            -msg
            timestamp=on
            -qmp
            unix:/run/f/m/qmp,server=on,wait=off
            -sandbox
            on,obsolete=deny,spawn=deny,resourcecontrol=deny
            -runas
            999:995
            -machine
            pc-i440fx-7.2,memory-backend=ram,dump-guest-core=off,usb=off
            -accel
            tcg,thread=multi
            -cpu
            qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt
            -smp
            cpus=2,maxcpus=2,sockets=1,cores=2,threads=1
            -rtc
            base=utc,driftfix=slew
            -m
            512M
            -object
            {"dump":false,"id":"ram","mem-path":"/mem/m.ram","prealloc":false,"qom-type":"memory-backend-file","share":true,"size":536870912}
            -chardev
            file,id=console,path=/m/console.log,append=on
            -serial
            chardev:console
            -device
            {"addr":"0x4","bus":"pci.0","driver":"virtio-rng-pci","id":"random"}
            -blockdev
            {"aio":"threads","cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"file","drop-cache":false,"filename":"/vms/a,b.qcow2","node-name":"disk0-file"}
            -blockdev
            {"backing":null,"cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"qcow2","file":"disk0-file","node-name":"disk0-format"}
            -blockdev
            {"cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"raw","file":"disk0-format","node-name":"disk0"}
            -device
            {"addr":"0x5","bootindex":1,"bus":"pci.0","drive":"disk0","driver":"virtio-blk-pci","id":"disk0-device"}
            -blockdev
            {"aio":"threads","cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"file","drop-cache":false,"filename":"/vms/c.raw","node-name":"disk1-file"}
            -blockdev
            {"cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"raw","file":"disk1-file","node-name":"disk1-format"}
            -blockdev
            {"cache":{"direct":false,"no-flush":false},"discard":"unmap","driver":"raw","file":"disk1-format","node-name":"disk1"}
            -device
            {"addr":"0x6","bootindex":2,"bus":"pci.0","drive":"disk1","driver":"virtio-blk-pci","id":"disk1-device"}
            -netdev
            {"id":"network0","type":"user"}
            -device
            {"addr":"0x3","bus":"pci.0","driver":"virtio-net-pci","id":"network0-device","mac":"52:54:00:01:02:03","netdev":"network0","romfile":""}
            -kernel
            /m/kernel
            -initrd
            /m/initrd
            -append
            console=ttyS0 quiet
            -S
            """
        #expect(try command(document()).joined(separator: "\n") == expected)
    }

    @Test func `a planned machine waits for its state and then for cont`() throws {
        let planned = try command(document(), launch: .incoming)
        #expect(planned == (try command(document())) + ["-incoming", "defer"])
    }

    @Test func `what the page cache has of a shared disk is dropped when the guest comes`() throws {
        let shared = try command(document(), launch: .incoming, hasForeignDisks: true)
        let files = values("-blockdev", shared).filter { $0.contains(#""driver":"file""#) }
        #expect(files.count == 2 && files.allSatisfy { $0.contains(#""drop-cache":true"#) })
    }

    @Test func `a machine of generation 2 has flash and PCI Express`() throws {
        var document = document()
        document.generation = 2
        let arguments = try command(document)
        #expect(
            values("-machine", arguments) == [
                "pc-q35-7.2,memory-backend=ram,dump-guest-core=off,usb=off,pflash0=firmware-code,pflash1=firmware-variables"
            ])
        #expect(values("-device", arguments).allSatisfy { $0.contains(#""bus":"pcie.0""#) })
        #expect(values("-blockdev", arguments).contains { $0.contains("/m/nvram.fd") })
    }

    @Test(arguments: [
        ("5.0", "pc-i440fx-4.2", "qemu64"), ("8.0", "pc-i440fx-5.2", "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt"),
        ("9.0", "pc-i440fx-6.2", "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt"),
        (
            "12.0", "pc-i440fx-10.0",
            "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2,+bmi1,+bmi2,+f16c,+fma,+abm,+movbe,+xsave"
        ),
    ])
    func `the configuration version pins machine type and processor`(version: String, type: String, model: String)
        throws
    {
        var document = document()
        document.version = version
        let arguments = try command(document)
        #expect(values("-machine", arguments)[0].hasPrefix("\(type),"))
        #expect(values("-cpu", arguments) == [model])
    }

    @Test func `QEMU from 9.1 on changes its user by another option`() throws {
        #expect(values("-run-with", try command(document(), qemu: QEMUVersion(9, 1))) == ["user=999:995"])
        #expect(values("-runas", try command(document(), qemu: QEMUVersion(9, 0, 4))) == ["999:995"])
        let unprivileged = try command(document(), user: nil)
        #expect(!unprivileged.contains("-runas") && !unprivileged.contains("-run-with"))
    }

    @Test func `KVM chosen by ferryd demands the baseline of the processor`() throws {
        let arguments = try command(document(), accelerator: .kvm, enforced: true)
        #expect(values("-cpu", arguments)[0].hasSuffix(",enforce=on"))
        #expect(values("-accel", arguments) == ["kvm"])
        #expect(!values("-cpu", try command(document(), accelerator: .kvm))[0].contains("enforce"))
    }

    @Test func `direct I/O reaches every node of a disk`() throws {
        var document = document()
        document.diskCache = .none
        let nodes = values("-blockdev", try command(document))
        #expect(nodes.count == 6)
        #expect(nodes.allSatisfy { $0.contains(#""cache":{"direct":true"#) })
    }

    @Test func `a name cannot add options`() throws {
        var document = document()
        document.name = "a,b=c,process=x"
        #expect(values("-name", try command(document)) == ["guest=a,,b=c,,process=x,process=ferry:a,,b=c,,process=x"])
    }

    @Test func `a machine without disk, network and kernel has none`() throws {
        let document = MachineDocument(
            id: "0b1c2d3e-0000-4000-8000-000000000001", name: "bare", memory: .mebibytes(64), creationTime: 1)
        let arguments = try command(document)
        for option in ["-blockdev", "-netdev", "-kernel", "-initrd", "-append"] { #expect(!arguments.contains(option)) }
    }
}
