import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Synchronization
import Testing

@Suite struct QMPClientTests {
    private func connect(_ stub: StubQMP) throws(Failure) -> QMPClient {
        try QMPClient.connect(path: stub.path, owner: "web01", deadline: scaled(.seconds(30)))
    }

    @Test func `the greeting tells the version`() throws {
        let stub = try StubQMP()
        #expect(try connect(stub).version == QEMUVersion(7, 2, 22))
    }

    @Test func `arguments and answers travel whole`() throws {
        let stub = try StubQMP { command in
            [#"{"return":{"echo":\#((command["arguments"] ?? .null).serialized)},"id":\#(command["id"]!.integer!)}"#]
        }
        let arguments: [String: JSONValue] = ["path": "a,b\"ä", "size": 9_007_199_254_740_993]
        let answer = try connect(stub).execute("x", arguments)
        #expect(answer["echo"] == .object(arguments))
        #expect(stub.command(1)?["execute"] == "x")
    }

    @Test func `answers that come out of order reach their own commands`() throws {
        // The first command is answered only when the second has come.
        let held = Mutex<Int64?>(nil)
        let stub = try StubQMP { command in
            let id = command["id"]!.integer!
            let first = held.withLock { held -> Int64? in
                defer { held = held ?? id }
                return held
            }
            guard let first else { return [] }
            return [#"{"return":\#(id),"id":\#(id)}"#, #"{"return":\#(first),"id":\#(first)}"#]
        }
        let client = try connect(stub)
        let results = Monitor<[String: JSONValue]>([:])
        let slow = try WorkerThread("slow") {
            if let answer = try? client.execute("slow", deadline: scaled(.seconds(30))) {
                results.update { $0["slow"] = answer }
            }
        }
        let first = try #require(stub.command(1)?["id"])
        let second = try client.execute("fast", deadline: scaled(.seconds(30)))
        slow.join()
        #expect(results.read { $0["slow"] } == first)
        #expect(second != first)
    }

    @Test(arguments: [
        ("CommandNotFound", HostFault.qemuCommandUnknown), ("DeviceNotFound", .qemuDeviceNotFound),
        ("DeviceNotActive", .qemuDeviceNotActive), ("GenericError", .qemuRefused), ("SomethingNew", .qemuRefused),
    ])
    func `an error class becomes its fault and keeps QEMU's words`(kind: String, fault: HostFault) throws {
        let stub = try StubQMP { command in
            [#"{"error":{"class":"\#(kind)","desc":"Node 'x' is busy"},"id":\#(command["id"]!.integer!)}"#]
        }
        let client = try connect(stub)
        let failure = #expect(throws: Failure.self) { try client.execute("blockdev-del") }
        #expect(failure?.is(fault) == true)
        #expect(failure?.message == "QEMU of virtual machine web01 refused 'blockdev-del': Node 'x' is busy (\(kind))")
        #expect(failure?.target == "web01")
    }

    @Test func `a command that is not answered ends at its deadline and its late answer is dropped`() throws {
        let stub = try StubQMP { $0["execute"] == "transaction" ? [] : nil }
        let client = try connect(stub)
        let failure = #expect(throws: Failure.self) { try client.execute("transaction", deadline: .milliseconds(50)) }
        #expect(failure?.is(HostFault.qemuNotResponding) == true)
        #expect(client.oldestDebt >= .milliseconds(50))
        let id = try #require(stub.command(1)?["id"]?.integer)
        try stub.send(#"{"return":{"late":true},"id":\#(id)}"#)
        #expect(try client.execute("query-status") == [:])
        #expect(client.oldestDebt == .zero)
    }

    @Test func `the end of QEMU fails waiting and later commands at once`() throws {
        let stub = try StubQMP { _ in [] }
        let ended = Event()
        let client = try QMPClient.connect(
            path: stub.path, owner: "web01", deadline: scaled(.seconds(30)), closed: { _ in ended.set() })
        let failure = Monitor<Failure?>(nil)
        let waiter = try WorkerThread("waiter") {
            do throws(Failure) { try client.execute("stop", deadline: .seconds(3600)) } catch {
                failure.update { $0 = error }
            }
        }
        _ = try #require(stub.command(1))
        try stub.hangUp()
        waiter.join()
        #expect(failure.read { $0 }?.is(HostFault.qemuGone) == true)
        #expect(ended.wait(until: .scaled(.seconds(30))))
        let later = #expect(throws: Failure.self) { try client.execute("cont") }
        #expect(later?.is(HostFault.qemuGone) == true)
        #expect(client.ending != nil)
    }

    @Test func `events reach each subscriber in order and only what it asked for`() throws {
        let stub = try StubQMP()
        let heard = Monitor<[String]>([])
        let client = try QMPClient.connect(
            path: stub.path, owner: "web01", deadline: scaled(.seconds(30)),
            event: { event in heard.update { $0.append(event.name) } })
        let all = client.events()
        let stops = client.events(["STOP"])
        for name in ["RESUME", "STOP", "RESET"] {
            try stub.send(#"{"event":"\#(name)","timestamp":{"seconds":1,"microseconds":2},"data":{"n":1}}"#)
        }
        #expect((0..<3).map { _ in all.next(until: .scaled(.seconds(30)))?.name } == ["RESUME", "STOP", "RESET"])
        #expect(
            stops.next(until: .scaled(.seconds(30)))
                == QMPEvent(name: "STOP", data: ["n": 1], timeMicroseconds: 1_000_002))
        #expect(stops.next(until: .after(.zero)) == nil)
        #expect(heard.read { $0 } == ["RESUME", "STOP", "RESET"])
    }

    @Test func `a slow subscriber loses the oldest events and is told`() throws {
        let stub = try StubQMP()
        let client = try connect(stub)
        let stream = client.events()
        let count = QMPEventStream.capacity + 10
        for number in 0..<count { try stub.send(#"{"event":"E","timestamp":{"seconds":0,"microseconds":\#(number)}}"#) }
        // An answer comes after every event before it.
        try client.execute("query-status")
        #expect(stream.droppedCount == 10)
        #expect(stream.next(until: .scaled(.seconds(30)))?.timeMicroseconds == 10)
    }

    @Test func `waiting for an event ends when QEMU does`() throws {
        let stub = try StubQMP()
        let client = try connect(stub)
        let stream = client.events(["MIGRATION"])
        try stub.hangUp()
        #expect(stream.next(until: .scaled(.seconds(3600))) == nil)
    }

    @Test func `a command's event is waited for from before the command`() throws {
        let stub = try StubQMP { command in
            [
                #"{"event":"STOP","timestamp":{"seconds":0,"microseconds":7}}"#,
                #"{"return":{},"id":\#(command["id"]!.integer!)}"#,
            ]
        }
        let event = try connect(stub).execute("stop", andWaitFor: "STOP", deadline: scaled(.seconds(30)))
        #expect(event.timeMicroseconds == 7)
    }

    @Test(arguments: ["not json", #"{"neither":1}"#, #"{"error":{"class":"GenericError","desc":"Invalid JSON"}}"#])
    func `what is no QMP ends the conversation`(line: String) throws {
        let stub = try StubQMP()
        let client = try connect(stub)
        let stream = client.events()
        try stub.send(line)
        #expect(stream.next(until: .scaled(.seconds(60))) == nil)
        #expect(client.ending?.is(HostFault.qemuProtocol) == true)
    }

    @Test func `a line without end is refused and not collected for ever`() throws {
        let stub = try StubQMP()
        let client = try connect(stub)
        let stream = client.events()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<18 where client.ending == nil { try? stub.send(bytes: piece) }
        #expect(stream.next(until: .scaled(.seconds(120))) == nil)
        #expect(client.ending?.is(HostFault.qemuProtocol) == true)
    }

    @Test func `nobody there is QEMU gone`() throws {
        let folder = try TemporaryDirectory()
        let failure = #expect(throws: Failure.self) {
            try QMPClient.connect(path: folder.file("none"), owner: "web01")
        }
        #expect(failure?.is(HostFault.qemuGone) == true)
    }

    @Test func `a server that says nothing is given up`() throws {
        let stub = try StubQMP(greeting: "")
        let failure = #expect(throws: Failure.self) {
            try QMPClient.connect(path: stub.path, owner: "web01", deadline: .milliseconds(100))
        }
        #expect(failure?.is(HostFault.qemuNotResponding) == true)
    }
}
