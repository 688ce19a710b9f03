import FerryContract
import FerryCore
import FerryTestKit
import Testing

/// What hosts say to each other on the control port, version 1, byte for byte. Two hosts may run different releases.
@Suite struct HostCallGoldenTests {
    /// One call of a host to another, request and answer, and how each is read and written again.
    struct Call: Sendable, CustomTestStringConvertible {
        let operation: OperationID
        let request: [UInt8]
        let answer: [UInt8]
        let requestAgain: @Sendable ([UInt8]) throws -> [UInt8]
        let answerAgain: @Sendable ([UInt8]) throws -> [UInt8]

        init<Request: HostRequest>(_ request: Request, _ answer: Request.Response) throws {
            operation = Request.operation
            self.request = try ContractJSON.encode(request)
            self.answer = try ContractJSON.encode(answer)
            requestAgain = { bytes in
                try ContractJSON.encode(ContractJSON.decode(Request.self, from: bytes, role: "The request"))
            }
            answerAgain = { bytes in
                try ContractJSON.encode(ContractJSON.decode(Request.Response.self, from: bytes, role: "The answer"))
            }
        }

        var testDescription: String { operation.rawValue }
    }

    private static let trust = TrustReport(
        name: "NODE1", address: "192.0.2.7", controlPort: 6601, dataPort: 6600,
        fingerprint: String(repeating: "0f", count: 32), trustedSince: 1_700_000_000)

    private static let machine = MachineDescription(
        id: "0b1c2d3e-0000-4000-8000-000000000001", name: "web \"01\" größer", generation: 2, version: "10.0",
        memory: .gibibytes(4), processorCount: 4, notes: "line 1\nline 2", creationTime: 1_700_000_000,
        disks: [
            .init(
                name: "disk0", fileName: "web01.qcow2", format: "qcow2", capacity: .gibibytes(20),
                allocated: .gibibytes(3)),
            .init(
                name: "disk1", fileName: "data.raw", format: "raw", capacity: .gibibytes(1), allocated: .zero,
                shared: .init(path: "/srv/share/data.raw", mark: 7)),
        ], network: .user, macAddress: "52:54:00:12:34:56", diskCache: .none, kernelCommandLine: "console=ttyS0",
        kernel: .init(size: .mebibytes(9)), initrd: .init(size: .mebibytes(30)), accelerator: "KVM",
        uptimeSeconds: 86_400)

    private static let failure = FailureDocument(
        Failure(
            code: "Host.insufficientSpace", errorID: "InvalidOperation", category: .quotaExceeded,
            message: "The volume 'D' is full.", advice: "Free space.", target: "web01",
            causes: [
                Failure(
                    code: "Linux.noSpace", errorID: "Linux.noSpace", category: .quotaExceeded,
                    message: "No space left.", advice: "Free space.", target: nil, causes: [],
                    location: "FerryLinux/File.swift:7")
            ], location: "FerryHost/Disk.swift:42"))

    private static let comparison: MigrationComparison = {
        var comparison = MigrationComparison(
            findings: [failure], addresses: ["192.0.2.7", "2001:db8::7"], dataPort: 6600)
        comparison.path = "/srv/vms"
        comparison.diskFolder = "/srv/disks"
        comparison.availableMemory = .gibibytes(8)
        comparison.availableRoom = .gibibytes(100)
        return comparison
    }()

    private static let standing = MigrationStanding(record: "RELEASED", epoch: 7, isRunning: false)

    static let calls: [Call] = {
        let id = "90ab12cd-0000-4000-8000-1234567890ab"
        do {
            return [
                try Call(PresentTrustTokenRequest(secret: "AAECAw==", presenter: trust), trust),
                try Call(
                    PrepareMigrationRequest(
                        migration: id, epoch: 7, sourceHost: "NODE1", machine: machine, includeStorage: true,
                        destinationStoragePath: "/srv/disks", authenticationType: .certificate, protocolVersions: [1],
                        isEncrypted: true, trafficSecret: "AAECAw==",
                        dataConnections: 4),
                    PrepareMigrationResponse(
                        protocolVersion: 1, isEncrypted: true,
                        addresses: ["192.0.2.7", "2001:db8::7"], dataPort: 6600)),
                try Call(
                    CompareMigrationRequest(
                        machine: machine, includeStorage: true, destinationStoragePath: "/srv/disks",
                        authenticationType: .certificate, protocolVersions: [1]),
                    comparison),
                try Call(
                    AbandonMigrationRequest(migration: id),
                    MigrationStanding(record: "REFUSED", epoch: 7, isRunning: false)),
                try Call(
                    MigrationStatusRequest(migration: id, own: standing),
                    MigrationStanding(record: "OWNER", epoch: 7, isRunning: true)),
                try Call(
                    WitnessMigrationRequest(
                        .claim, migration: id, machine: "0b1c2d3e-0000-4000-8000-000000000001", epoch: 7, role: .source,
                        otherHost: String(repeating: "0f", count: 32), side: .source),
                    WitnessAnswer(decision: .target)),
            ]
        } catch {
            Issue.record(error)
            return []
        }
    }()

    private static let folder = GoldenFile.folder(of: "\(#filePath)")

    @Test func `every call between hosts has a sample`() {
        let between = OperationID.allCases.filter { [.migrate, .presentToken].contains($0.permission) }
        #expect(Set(Self.calls.map(\.operation)) == Set(between))
    }

    @Test(arguments: calls)
    func `a call between hosts is what version 1 sent, both ways, and what is cut is refused`(_ call: Call) throws {
        for (name, now, again) in [
            ("request", call.request, call.requestAgain), ("answer", call.answer, call.answerAgain),
        ] {
            let golden = try GoldenFile.text("\(Self.folder)/\(call.operation.rawValue)-\(name).json", now: now)
            #expect(String(decoding: now, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
            #expect(try again(golden) == golden)
            for count in 0..<golden.count {
                #expect(throws: Failure.self) { try again(Array(golden[..<count])) }
            }
        }
    }

    @Test func `a failure is what version 1 sent, both ways`() throws {
        let document = Self.failure
        let now = try ContractJSON.encode(document)
        let golden = try GoldenFile.text("\(Self.folder)/failure.json", now: now)
        #expect(String(decoding: now, as: UTF8.self) == String(decoding: golden, as: UTF8.self))
        #expect(try ContractJSON.decode(FailureDocument.self, from: golden, role: "The failure") == document)
    }
}
