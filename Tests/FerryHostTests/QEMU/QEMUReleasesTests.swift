import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// Every machine that Ferry offers, started by each QEMU that can be had here.
@Suite(.serialized, .needs([.root, .qemu] + CounterGuest.requirements)) struct QEMUReleasesTests {
    /// The test's folder as the other Debian sees it: at the same path.
    private final class Bind {
        private let place: String

        init(_ folder: String, into debian: String) throws(Failure) {
            place = debian + folder
            try Folder.create(place)
            _ = try Command("/usr/bin/mount", ["--rbind", folder, place]).runSuccessfully()
        }

        deinit {
            _ = try? Command("/usr/bin/umount", ["--recursive", "--lazy", place]).run()
            try? Folder.removeEmpty(place)
        }
    }

    private func startEach(_ host: HostFixture) async throws {
        let report = try await host.send(GetHostRequest())
        #expect(report.supportedVersions.contains(ConfigurationVersion.standard))
        let hasFirmware =
            try FileIdentity.ifPresent(
                (host.configuration.qemuRoot ?? "") + host.configuration.firmwareCode) != nil
        for version in report.supportedVersions {
            for generation in hasFirmware ? [1, 2] : [1] {
                var request = NewMachineRequest(name: "v\(version)-\(generation)", memoryStartup: .mebibytes(64))
                request.version = version
                request.generation = generation
                request.processorCount = 2
                request.disk = .new(path: "\(version)-\(generation).qcow2", size: .mebibytes(8))
                let machine = try await host.send(request)
                #expect(try await host.complete(StartMachineRequest(machine: machine.id)).state == .running)
                let log = String(decoding: try DurableFile.read("\(machine.path)/qemu.log"), as: UTF8.self)
                // QEMU counts old machine types as deprecated long before it drops them.
                let complaints = log.split(separator: "\n").filter { !$0.contains("is deprecated: machines more than") }
                #expect(complaints.isEmpty, "\(version) generation \(generation)")
                _ = try await host.complete(StopMachineRequest(machine: machine.id, turnOff: true, force: false))
            }
        }
    }

    @Test func `this host's QEMU starts each version without a complaint`() async throws {
        let host = try HostFixture()
        defer { host.tearDown() }
        try await startEach(host)
    }

    @Test(.needs(.debian13)) func `QEMU 10 starts each version without a complaint`() async throws {
        let debian = try #require(Requirement.debian13Folder)
        let folder = try TemporaryDirectory()
        // The tmpfs is mounted below later and must show on the other side too.
        try Folder.setMode(folder.path, 0o711)
        try Folder.create(folder.file("memory"))
        _ = try TmpfsMount.ensure(at: folder.file("memory"), size: .mebibytes(512))
        let bind = try Bind(folder.path, into: debian)
        let host = try HostFixture(folder: folder) { $0.qemuRoot = debian }
        defer {
            host.tearDown()
            withExtendedLifetime(bind) {}
        }
        let report = try await host.send(GetHostRequest())
        #expect(report.qemuVersion.hasPrefix("10."))
        #expect(report.supportedVersions.suffix(2) == ["11.0", "12.0"])
        try await startEach(host)
    }

    @Test(.needs(.kvm)) func `KVM runs the counting guest where its device opens`() async throws {
        let host = try HostFixture { $0.accelerator = .kvm }
        defer { host.tearDown() }
        try Folder.create(host.folder.file("vms"), mode: 0o711)
        var request = NewMachineRequest(name: "web01", memoryStartup: .mebibytes(64))
        request.disk = .existing(path: try CounterGuest().makeImage(in: host.folder.file("vms")))
        let machine = try await host.send(request)
        let started = try await host.complete(StartMachineRequest(machine: machine.id))
        #expect(started.state == .running)
        #expect(try await host.send(GetHostRequest()).accelerator == "KVM")
        try CounterGuest.waitUntilCounting(console: started.consolePath)
    }
}

extension Folder {
    /// Removes the folder and its empty parents' leftovers of a bind; a folder with something in it stays.
    fileprivate static func removeEmpty(_ path: String) throws(Failure) {
        guard try names(in: path).isEmpty else { return }
        try removeTree(path)
    }
}
