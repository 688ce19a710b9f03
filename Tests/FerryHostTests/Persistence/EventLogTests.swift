import FerryContract
import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Foundation
import Testing

/// The event log as a file: what is read back from it, whatever happened to it.
@Suite struct EventLogTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.file("events.jsonl") }

    init() throws { folder = try TemporaryDirectory() }

    private func texts(_ log: EventLog, _ request: GetEventsRequest = GetEventsRequest()) throws -> [String] {
        try log.events(request).map(\.message)
    }

    @Test func `events are read newest first, by id, level, time and number`() throws {
        let log = try EventLog(folder: folder.path)
        log.add(.migrationCompleted, .information, "web", "one", [.text("web"), .text("ID"), .number(0.025)])
        log.add(.moveFailed, .error, "web", "two")
        log.add(.audit, .warning, nil, "three")
        #expect(try texts(log) == ["three", "two", "one"])
        #expect(try texts(log, GetEventsRequest(ids: [20415, 1001])) == ["three", "one"])
        #expect(try texts(log, GetEventsRequest(levels: [.error])) == ["two"])
        #expect(try texts(log, GetEventsRequest(limit: 2)) == ["three", "two"])
        let all = try log.events(GetEventsRequest())
        #expect(all.map(\.record) == [3, 2, 1])
        #expect(try texts(log, GetEventsRequest(before: 3)) == ["two", "one"])
        #expect(try texts(log, GetEventsRequest(since: all[1].time)) == ["three", "two"])
        #expect(try texts(log, GetEventsRequest(until: all[2].time - 1)).isEmpty)
        #expect(all[2].properties == [.text("web"), .text("ID"), .number(0.025)])
    }

    @Test func `a log that is full goes on in a new file, and both are read`() throws {
        let log = try EventLog(folder: folder.path, sizeLimit: 4096)
        for number in 1...100 { log.add(.failure, .error, nil, "event \(number)") }
        #expect(try FileIdentity.ifPresent(path + ".1") != nil)
        let found = try texts(log)
        #expect(found.first == "event 100")
        #expect(found == found.indices.map { "event \(100 - $0)" })
        // At least a whole old file, at most two and a line.
        let bytes = try FileIdentity.of(path).size + FileIdentity.of(path + ".1").size
        #expect(bytes > 4096 && bytes < 3 * 4096)
        #expect(found.count > 20)
    }

    @Test func `a torn last line loses nothing but itself`() throws {
        do {
            let log = try EventLog(folder: folder.path)
            log.add(.failure, .error, nil, "whole")
        }
        let bytes = try DurableFile.read(path)
        try DurableFile.replace(path, with: bytes + Array(#"{"record":2,"time":17,"lev"#.utf8))
        let log = try EventLog(folder: folder.path)
        log.add(.failure, .error, nil, "after the crash")
        #expect(try texts(log) == ["after the crash", "whole"])
        #expect(try log.events(GetEventsRequest()).map(\.record) == [2, 1])
    }

    @Test func `lines of a ferryd that did not number its events, and garbage, do no harm`() throws {
        try DurableFile.replace(
            path,
            with: Array(
                """
                {"time":1700000000,"level":"Warning","target":"old","message":"from before"}
                not JSON at all \u{0}\u{1}
                {"time":"yesterday","level":"Error","message":"wrong type"}

                """.utf8))
        let log = try EventLog(folder: folder.path)
        log.add(.failure, .error, nil, "new")
        #expect(try texts(log) == ["new", "from before"])
        #expect(try log.events(GetEventsRequest(ids: [1000])).count == 2)
    }

    @Test func `a message that a peer made long is cut`() throws {
        let log = try EventLog(folder: folder.path)
        log.add(.failure, .error, nil, String(repeating: "x", count: 100_000))
        #expect(try texts(log)[0].utf8.count < 10_000)
        #expect(try FileIdentity.of(path).size < 20_000)
    }
}
