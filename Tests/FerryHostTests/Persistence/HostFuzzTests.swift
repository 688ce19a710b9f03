import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Testing

/// What QEMU says, what a disk gives back and what a person types: any bytes are a value or a failure.
@Suite("Fuzz of the host's decoders", .seeded, .serialized)
struct HostFuzzTests {
    private static let documents = [
        #"{"QMP":{"version":{"qemu":{"micro":2,"minor":0,"major":10},"package":"Debian"},"capabilities":["oob"]}}"#,
        #"{"return":{"status":"running","running":true},"id":17}"#,
        #"{"error":{"class":"GenericError","desc":"Device 'x' not found"},"id":9223372036854775807}"#,
        #"{"timestamp":{"seconds":1700000000,"microseconds":123456},"event":"MIGRATION","data":{"status":"active"}}"#,
        #"[1,-2.5e10,null,true,false,"\u00e4\ud83d\ude00\n\\\"",{"a":{"b":[[[]]]}}]"#,
    ].map { Array($0.utf8) }

    @Test func `any bytes are a JSON value or a failure, and a value survives being written`() {
        var source = FrameSource(Self.documents, salt: "fuzz JSON")
        var fuzz = DecoderFuzz("JSONParser", share: 60)
        fuzz.run(&source) { frame, _ in
            let value = try JSONParser.parse(frame)
            #expect(try JSONParser.parse(Array(value.serialized.utf8)) == value)
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }

    @Test func `any bytes from QEMU are messages or a failure, however they are cut into pieces`() {
        var source = FrameSource(Self.documents.map { $0 + [UInt8(ascii: "\n")] }, salt: "fuzz QMP")
        var fuzz = DecoderFuzz("QMPLineReader and QMPMessage", share: 40)
        fuzz.run(&source) { frame, source in
            let whole = frame + [UInt8(ascii: "\n")]
            var reader = QMPLineReader()
            let cut = source.below(whole.count + 1)
            let lines =
                try reader.append(whole[..<cut], owner: "web01") + reader.append(whole[cut...], owner: "web01")
            var other = QMPLineReader()
            #expect(try other.append(whole, owner: "web01") == lines)
            for line in lines { _ = try QMPMessage(line: line, owner: "web01") }
            return true
        }
        #expect(fuzz.accepted > 0 || fuzz.frames < 10_000)
    }

    @Test func `any bytes are an undo journal whose whole lines count, and the next line finds its place`() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let path: String
        do {
            let journal = try MigrationJournal(folder: directory.path, migration: "m1")
            path = journal.path
            try journal.willMake(.removeTree(path: "/a"))
            try journal.unmade(journal.willMake(.removeFile(path: "/b")))
            try journal.keepEverything()
            try journal.willMake(.endStorageDaemon(socket: "/run/x"))
        }
        var source = FrameSource([try DurableFile.read(path)], salt: "fuzz undo")
        var fuzz = DecoderFuzz("MigrationJournal", share: 10)
        fuzz.run(&source) { frame, _ in
            try DurableFile.replace(path, with: frame)
            let journal = try MigrationJournal(folder: directory.path, migration: "m1")
            let before = journal.open
            try journal.willMake(.removeFile(path: "/next"))
            let again = try MigrationJournal(folder: directory.path, migration: "m1").open
            #expect(again == before + [.removeFile(path: "/next")])
            return true
        }
    }

    @Test func `any text is a trust token or not, and is never quoted`() throws {
        let world = try TrustWorld()
        let token = try world.start("NODE1", 2).newToken(NewTrustTokenRequest(validitySeconds: 60, address: nil)).token
        var source = FrameSource([Array(token.utf8)], salt: "fuzz tokens")
        var fuzz = DecoderFuzz("TrustInvitation", share: 10)
        fuzz.run(&source) { frame, _ in
            _ = try TrustInvitation(parsing: String(decoding: frame, as: UTF8.self), TrustWorld.digest)
            return true
        }
    }
}
