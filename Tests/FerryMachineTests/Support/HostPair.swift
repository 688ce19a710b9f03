import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Glibc

/// Two hosts that trust each other, each with migration enabled on a loopback address of its own.
final class HostPair {
    let folder: TemporaryDirectory
    let left: TestHost
    let right: TestHost
    private var mounts: [String] = []

    /// - Parameters:
    ///   - left, right: each host's options.
    init(left leftOptions: TestHost.Options = .init(), right rightOptions: TestHost.Options = .init()) async throws {
        folder = try TemporaryDirectory()
        // The guests' user passes through.
        try Folder.setMode(folder.path, 0o711)
        try Folder.create(TestHost.sharedStorage(in: folder.path), mode: 0o711)
        for debian in Set([leftOptions.debian, rightOptions.debian].compactMap { $0 }) {
            mounts.append(try Self.bind(folder.path, into: debian))
        }
        let wire = HostWire()
        let (one, two) = Self.addresses()
        left = try TestHost(
            "NODE1", address: one, peers: ["NODE2": two], in: folder.path, wire: wire, options: leftOptions)
        do {
            right = try TestHost(
                "NODE2", address: two, peers: ["NODE1": one], in: folder.path, wire: wire, options: rightOptions)
        } catch {
            left.close()
            throw error
        }
        try await left.enableMigration()
        try await right.enableMigration()
    }

    /// Loopback addresses that no other pair of this run has.
    private static func addresses() -> (String, String) {
        let number = Int.random(in: 1...60_000)
        return ("127.\(1 + number / 250).\(number % 250).11", "127.\(1 + number / 250).\(number % 250).12")
    }

    private static func bind(_ path: String, into debian: String) throws -> String {
        let place = "\(debian)\(path)"
        try Folder.create(place, mode: 0o755)
        // A shared mount: the hosts mount their memory below it later, and the other Debian shall see that, too.
        let mount = try Program.require("mount", package: "mount")
        for arguments in [["--bind", path, path], ["--make-shared", path], ["--rbind", path, place]] {
            _ = try Command(mount, arguments).runSuccessfully()
        }
        return place
    }

    func close() {
        left.close()
        right.close()
        for place in mounts {
            _ = try? Command("/bin/umount", ["-R", place]).run()
            try? Folder.removeTree(place)
            _ = try? Command("/bin/umount", ["-R", folder.path]).run()
        }
        mounts = []
    }

    deinit { close() }

    /// A machine of 64 MiB on `host` that runs `guest` from an image in the host's disk folder; it counts when this returns.
    func startCounter(
        _ guest: CounterGuest, on host: TestHost, name: String = "counter",
        cache: NewMachineRequest.DiskCache = .writeback, image: String? = nil
    ) async throws -> String {
        let path = try image ?? guest.makeImage(in: "\(host.folder)/disks", name: "\(name).raw")
        var request = NewMachineRequest(name: name, memoryStartup: .mebibytes(64))
        request.disk = .existing(path: path)
        request.diskCache = cache
        request.network = .none
        let report = try await host.connection.send(request)
        _ = try await host.connection.complete(StartMachineRequest(machine: report.id))
        try CounterGuest.waitUntilCounting(console: try host.console(report.id))
        return report.id
    }

    /// Moves the machine with its disk, or without: then it stays where both hosts see it.
    @discardableResult
    func move(
        _ id: String, from source: TestHost, to target: TestHost, withStorage: Bool = true
    ) async throws -> MigrationReport {
        try await source.connection.complete(
            MoveMachineRequest(
                machine: id, destinationHost: target.name, includeStorage: withStorage,
                destinationStoragePath: withStorage ? "\(target.folder)/disks" : nil, retainDisksOnSource: false)
        ).migration
    }
}
