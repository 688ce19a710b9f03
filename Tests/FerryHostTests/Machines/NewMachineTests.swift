import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

@Suite(.serialized, .needs(.root, .qemu)) struct NewMachineTests {
    private func request(_ name: String = "web01") -> NewMachineRequest {
        NewMachineRequest(name: name, memoryStartup: .mebibytes(64))
    }

    private func refusal(_ host: HostFixture, _ request: NewMachineRequest) async -> Failure? {
        do throws(Failure) {
            _ = try await host.send(request)
            return nil
        } catch { return error }
    }

    @Test func `a machine has what was asked for, and a disk by its extension`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        var request = request()
        request.disk = .new(path: "web01", size: .gibibytes(1))
        request.processorCount = 2
        request.notes = "a note"
        let report = try await host.send(request)
        #expect(report.state == .off && report.status == "Operating normally" && report.uptimeSeconds == 0)
        #expect(
            report.version == "10.0" && report.generation == 1 && report.processorCount == 2 && report.notes == "a note"
        )
        #expect(report.memoryAssigned == .zero && report.memoryStartup == .mebibytes(64))
        #expect(report.disks.map(\.path) == [host.folder.file("vms/web01")])
        #expect(report.disks[0].format == "qcow2" && report.disks[0].capacity == .gibibytes(1))
        #expect(report.disks[0].allocated < .mebibytes(2))
        #expect(report.path == host.folder.file("vms/\(report.id)"))
        #expect(try await host.machine("WEB*") == report)
    }

    @Test func `several machines may share a name, none a disk`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        var first = request()
        first.disk = .new(path: "a.raw", size: .mebibytes(1))
        _ = try await host.send(first)
        _ = try await host.send(request())
        #expect(try await host.send(GetMachinesRequest(names: ["web01"])).machines.count == 2)
        var thief = request("thief")
        thief.disk = .existing(path: host.folder.file("vms/../vms/a.raw"))
        #expect(await refusal(host, thief)?.is(HostFault.objectInUse) == true)
    }

    @Test func `a literal name that is not there is E-01, a wildcard is silence`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let answer = try await host.send(GetMachinesRequest(names: ["nothere", "no*"], ids: ["x"]))
        #expect(answer.machines.isEmpty)
        #expect(
            answer.failures.map(\.message) == [
                "Hyper-V was unable to find a virtual machine with name \"nothere\".",
                "Hyper-V was unable to find a virtual machine with id \"x\".",
            ])
        #expect(answer.failures[0].errorID == "InvalidParameter" && answer.failures[0].category == .invalidArgument)
    }

    @Test func `what cannot be made leaves nothing`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        let folder = host.folder
        try Folder.create(folder.file("vms"), mode: 0o711)
        try folder.write("vms/taken.qcow2", "somebody's")
        try folder.write("vms/broken.qcow2", "no image")
        let attempts: [(HostFault?, (inout NewMachineRequest) -> Void)] = [
            (.invalidArgument, { $0.name = "" }), (.invalidArgument, { $0.memoryStartup = .mebibytes(1) }),
            (.versionNotSupported, { $0.version = "3.0" }), (.versionNotSupported, { $0.version = "12.0" }),
            (.attachmentMissing, { $0.disk = .existing(path: folder.file("vms/none.qcow2")) }),
            (.invalidArgument, { $0.disk = .existing(path: folder.file("vms/broken.qcow2")) }),
            (.invalidArgument, { $0.disk = .existing(path: "relative.qcow2") }),
            (.invalidArgument, { $0.disk = .new(path: "a.vhdx", size: .mebibytes(1)) }),
            (.invalidArgument, { $0.disk = .new(path: "a.raw", size: ByteCount(100)) }),
            (nil, { $0.disk = .new(path: "taken.qcow2", size: .mebibytes(1)) }),
            (
                .attachmentMissing,
                {
                    $0.disk = .new(path: "fresh.qcow2", size: .mebibytes(1))
                    $0.kernel = .init(kernelPath: "/nowhere/vmlinuz", initrdPath: nil, commandLine: "")
                }
            ),
        ]
        for (index, (fault, change)) in attempts.enumerated() {
            var wrong = request()
            change(&wrong)
            let failure = await refusal(host, wrong)
            #expect(failure != nil, "attempt \(index)")
            if let fault { #expect(failure?.is(fault) == true, "attempt \(index): \(failure?.description ?? "")") }
        }
        #expect(try await host.send(GetMachinesRequest()).machines.isEmpty)
        #expect(try Folder.names(in: folder.file("vms")) == ["broken.qcow2", "taken.qcow2"])
        #expect(try DurableFile.read(folder.file("vms/taken.qcow2")) == Array("somebody's".utf8))
    }

    @Test func `the kernel is the machine's own copy`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        try host.folder.write("vmlinuz", "kernel")
        var wanted = request()
        wanted.kernel = .init(kernelPath: host.folder.file("vmlinuz"), initrdPath: nil, commandLine: "quiet")
        wanted.path = host.folder.file("elsewhere")
        let report = try await host.send(wanted)
        #expect(report.path == host.folder.file("elsewhere/\(report.id)"))
        try host.folder.write("vmlinuz", "changed")
        #expect(try DurableFile.read("\(report.path)/kernel") == Array("kernel".utf8))
        let removed = try await host.send(RemoveMachineRequest(machine: report.id))
        #expect(removed.name == "web01")
        #expect(try FileIdentity.ifPresent(report.path) == nil)
    }
}
