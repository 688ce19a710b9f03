import FerryCore
import FerryHost
import FerryTestKit
import Testing

@Suite struct MemoryAdmissionTests {
    private func objection(
        _ size: UInt64, capacity: UInt64 = 4096, promised: UInt64 = 0, resident: UInt64 = 0, available: UInt64 = 1 << 20
    ) -> String? {
        MemoryAdmission.objection(
            to: .mebibytes(size),
            .init(
                capacity: .mebibytes(capacity), promised: .mebibytes(promised), resident: .mebibytes(resident),
                available: .mebibytes(available)))
    }

    @Test func `the sum of sizes may fill the tmpfs and not a byte more`() {
        #expect(objection(1024, promised: 3072) == nil)
        #expect(objection(1026, promised: 3072)?.contains("1 GB is free") == true)
    }

    @Test func `memory promised but not touched yet counts against what is available`() {
        #expect(objection(1024, promised: 2048, resident: 2048, available: 1024) == nil)
        #expect(objection(1024, promised: 2048, resident: 1024, available: 1024) != nil)
    }

    @Test func `sizes that overflow are refused`() {
        let huge = MemoryAdmission.objection(
            to: ByteCount(.max),
            .init(capacity: .gibibytes(1), promised: .gibibytes(1), resident: .zero, available: .gibibytes(9)))
        #expect(huge != nil)
    }

    @Test func `the ledger promises once, gives back, and names the machine when it refuses`() throws {
        let folder = try TemporaryDirectory(inMemory: true)
        let capacity = try MemoryAdmission.figure("MemAvailable")
        let ledger = MemoryLedger(folder: folder.path)
        let size = ByteCount.mebibytes(2)
        try ledger.reserve("a", name: "a", size: size, file: folder.file("a"))
        try ledger.reserve("a", name: "a", size: size, file: folder.file("a"))
        let failure = #expect(throws: Failure.self) {
            try ledger.reserve("b", name: "web02", size: capacity + .gibibytes(1000), file: folder.file("b"))
        }
        #expect(
            failure?.message.hasPrefix(
                "Not enough memory in the system to start the virtual machine web02 with ram size ") == true)
        #expect(failure?.errorID == "OutOfMemory")
        ledger.release("a")
        try ledger.reserve("b", name: "b", size: size, file: folder.file("b"))
    }
}
