import FerryCore
import Testing

@Suite("ByteCount")
struct ByteCountTests {
    @Test(arguments: [
        (UInt64(0), "0 bytes"), (1023, "1023 bytes"), (1024, "1 KB"), (1536, "1.5 KB"), (512 << 20, "512 MB"),
        (1_288_490_189, "1.2 GB"), (1 << 40, "1 TB"),
    ])
    func `sizes are written as PowerShell names them`(_ bytes: UInt64, _ text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test func `multiples are binary`() {
        #expect(ByteCount.mebibytes(512).bytes == 536_870_912)
        #expect(ByteCount.gibibytes(1).mebibytes == 1024)
        #expect(ByteCount.kibibytes(4) + .bytes(4) == ByteCount(4100))
    }
}
