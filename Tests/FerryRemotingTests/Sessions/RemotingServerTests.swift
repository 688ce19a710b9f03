import FerryCore
import FerryEngine
import FerryLinux
import FerryRemoting
import FerryTestKit
import Testing

/// A server as its clients see it: element by element, message by message, the wrong ones included.
@Suite(.seeded) struct RemotingServerTests {
    @Test func `a session is negotiated, opened, used and closed`() throws {
        let client = try ServedClient()
        try client.open()
        #expect(client.tags == [.sessionCapability, .applicationPrivateData, .runspacePoolState])
        let first = try client.start("$kept = 40; 'text'; $kept + 2")
        #expect(try client.end(of: first) == 4)
        #expect(client.bodies(.pipelineOutput, of: first) == ["<S>text</S>", "<I32>42</I32>"])
        try client.send(.close, first)
        let second = try client.start("param($a, $b) $kept + $a; $b", arguments: Self.arguments)
        #expect(try client.end(of: second) == 4)
        #expect(client.bodies(.pipelineOutput, of: second) == ["<I32>43</I32>", "<S>two</S>"])
        try client.send(.close)
        #expect(try client.failure() == nil)
        #expect(eventually { client.kinds.last == .closeAck })
    }

    private static let arguments =
        "<Obj RefId=\"5\"><MS><Nil N=\"N\" /><I32 N=\"V\">3</I32></MS></Obj>"
        + "<Obj RefId=\"6\"><MS><S N=\"N\">-b</S><S N=\"V\">two</S></MS></Obj>"

    /// What psrpcore 0.3.1, a client written by others, sent over the same framing for three pipelines.
    @Test func `another implementation's client is understood`() throws {
        let client = try ServedClient()
        var outputs: [[String]] = []
        for element in try Self.recorded() {
            if element.kind == .close, element.id != .empty {
                #expect(try client.end(of: element.id) == 4)
                outputs.append(client.bodies(.pipelineOutput, of: element.id))
            }
            try client.channel.send(element)
        }
        #expect(
            outputs == [
                ["<I32>2</I32>", "<S>text</S>"], ["<I32>42</I32>"], ["<I32>2</I32>", "<I32>4</I32>", "<I32>6</I32>"],
            ])
        #expect(try client.failure() == nil)
    }

    private static func recorded() throws -> [TransportElement] {
        let folder = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Golden"
        return try DurableFile.read("\(folder)/psrpcore-client.lines").split(separator: UInt8(ascii: "\n"))
            .map { try TransportElement(line: Array($0)) }
    }

    @Test func `damaged dialogues end the session in order or with a reason`() throws {
        let elements = try Self.recorded()
        var source = FrameSource(elements.map(\.payload), salt: "fuzz dialogues", lengthLimit: 16_384)
        for _ in 0..<100 {
            let client = try ServedClient()
            for element in elements {
                var sent = [element]
                switch source.below(20) {
                case 0: sent = []
                case 1: sent.append(element)
                case 2: sent.append(elements[source.below(elements.count)])
                case 3...6: sent[0].payload = source.next()
                default: break
                }
                // It may have hung up.
                for element in sent { try? client.channel.send(element) }
            }
            try? client.send(.close)
            if let failure = try client.failure() {
                #expect(RemotingFault.allCases.contains { failure.is($0) }, "\(failure)")
            }
        }
    }

    @Test func `input goes through the pipeline`() throws {
        let client = try ServedClient()
        try client.open()
        let id = try client.start("foreach ($i in $input) { $i * 2 }", expectsInput: true)
        for number in 1...3 { try client.send(.pipelineInput, pipeline: id, "<I32>\(number)</I32>") }
        try client.send(.endOfPipelineInput, pipeline: id, "")
        #expect(try client.end(of: id) == 4)
        #expect(client.bodies(.pipelineOutput, of: id) == ["<I32>2</I32>", "<I32>4</I32>", "<I32>6</I32>"])
    }

    @Test func `what ends a script is in the state, what it only reports is not`() throws {
        let client = try ServedClient()
        try client.open()
        let thrown = try client.start("1; throw 'the end'")
        #expect(try client.end(of: thrown) == 5)
        let state = try #require(client.bodies(.pipelineState, of: thrown).last)
        #expect(
            state.contains("ExceptionAsErrorRecord") && state.contains("<S N=\"FullyQualifiedErrorId\">the end</S>"))
        let unreadable = try client.start("if (")
        #expect(try client.end(of: unreadable) == 5)
        let reported = try client.start("nothing-of-this-name; 2")
        #expect(try client.end(of: reported) == 4)
        #expect(client.bodies(.errorRecord, of: reported).count == 1)
        #expect(client.bodies(.pipelineOutput, of: reported) == ["<I32>2</I32>"])
    }

    @Test func `a signal stops a script, and the session goes on`() throws {
        let client = try ServedClient()
        try client.open()
        let endless = try client.start("'begun'; while ($true) { }")
        _ = try client.wait { $0.tag == .pipelineOutput }
        try client.send(.signal, endless)
        #expect(try client.end(of: endless) == 3)
        #expect(eventually { client.kinds.contains(.signalAck) })
        let next = try client.start("'here'")
        #expect(try client.end(of: next) == 4)
    }

    @Test func `a signal to a pipeline whose input is still coming stops it`() throws {
        let client = try ServedClient()
        try client.open()
        let id = try client.start("$input", expectsInput: true)
        try client.send(.pipelineInput, pipeline: id, "<I32>1</I32>")
        try client.send(.signal, id)
        #expect(try client.end(of: id) == 3)
    }

    @Test func `closing stops what runs`() throws {
        let probe = ServerProbe()
        let client = try ServedClient(probe.prepare)
        try client.open()
        _ = try client.start("try { 'begun'; while ($true) { } } finally { Set-Mark }")
        _ = try client.wait { $0.tag == .pipelineOutput }
        try client.send(.close)
        #expect(try client.failure() == nil)
        #expect(probe.mark.isSet)
        #expect(eventually { client.kinds.last == .closeAck })
    }

    /// Takes the five seconds that a pipeline has.
    @Test func `a pipeline that outlives its session is the reason the server ends with`() throws {
        let probe = ServerProbe()
        defer { probe.release.set() }
        let client = try ServedClient(probe.prepare)
        try client.open()
        _ = try client.start("Wait-Release")
        #expect(probe.mark.wait(until: .scaled(.seconds(30))))
        try client.send(.close)
        let failure = try #require(try client.failure())
        #expect(failure.is(RemotingFault.timedOut), "\(failure)")
    }

    @Test func `a signal to one pipeline does not reach the one that waits behind it`() throws {
        let probe = ServerProbe()
        let client = try ServedClient(probe.prepare)
        try client.open()
        let first = try client.start("'begun'; Wait-Signal")
        _ = try client.wait { $0.tag == .pipelineOutput }
        let second = try client.start("Set-Mark; 'second'")
        try client.send(.signal, first)
        #expect(try client.end(of: first) == 3)
        #expect(try client.end(of: second) == 4)
        #expect(client.bodies(.pipelineOutput, of: second) == ["<S>second</S>"])
        #expect(!probe.hasBegunDuringSignal.isSet)
    }

    @Test func `answers that were not asked for are nobody's`() throws {
        let probe = ServerProbe()
        let client = try ServedClient(probe.prepare)
        try client.open()
        func answer(_ number: Int64, _ text: String, of pipeline: GUID) throws {
            try client.send(
                .pipelineHostResponse, pipeline: pipeline,
                "<Obj RefId=\"0\"><MS><I64 N=\"ci\">\(number)</I64><I32 N=\"mi\">11</I32><S N=\"mr\">\(text)</S></MS></Obj>"
            )
        }
        // More late answers than a server would keep.
        for number in Int64(1)...20 {
            let asking = try client.start("Read-Answer")
            // For this question, and for the next, before it is asked.
            _ = try client.wait { $0.tag == .pipelineHostCall && $0.pipeline == asking }
            try client.send(.signal, asking)
            #expect(try client.end(of: asking) == 3)
            for early in [number, number + 1] { try answer(early, "forged", of: asking) }
            try client.send(.close, asking)
        }
        let asking = try client.start("Read-Answer")
        _ = try client.wait { $0.tag == .pipelineHostCall && $0.pipeline == asking }
        try answer(21, "true", of: asking)
        #expect(try client.end(of: asking) == 4)
        #expect(client.bodies(.pipelineOutput, of: asking) == ["<S>true</S>"])
    }

    @Test func `input that nothing uses is bounded by its bytes, over all pipelines`() throws {
        let client = try ServedClient(inputByteLimit: 100_000)
        try client.open()
        let busy = try client.start("'begun'; while ($true) { }")
        _ = try client.wait { $0.tag == .pipelineOutput && $0.pipeline == busy }
        let text = "<S>\(String(repeating: "x", count: 19_993))</S>"
        for _ in 0..<5 {
            let id = try client.start("$input", expectsInput: true)
            try client.send(.pipelineInput, pipeline: id, text)
            try client.send(.endOfPipelineInput, pipeline: id, "")
        }
        let last = try client.start("$input", expectsInput: true)
        try client.send(.pipelineInput, pipeline: last, "<I32>1</I32>")
        let failure = try #require(try client.failure())
        #expect(failure.is(RemotingFault.tooLarge), "\(failure)")
    }

    @Test func `input that was used makes room for more`() throws {
        let client = try ServedClient(inputByteLimit: 100_000)
        try client.open()
        for _ in 0..<20 {
            let id = try client.start("@($input).Count", expectsInput: true)
            for _ in 0..<4 {
                try client.send(.pipelineInput, pipeline: id, "<S>\(String(repeating: "x", count: 19_993))</S>")
            }
            try client.send(.endOfPipelineInput, pipeline: id, "")
            #expect(try client.end(of: id) == 4)
            #expect(client.bodies(.pipelineOutput, of: id) == ["<I32>4</I32>"])
            try client.send(.close, id)
        }
    }

    /// Elements, by what is wrong with them, before a session is open or after.
    static let wrongs: [(what: String, opensFirst: Bool, act: @Sendable (ServedClient) throws -> Void)] = [
        ("text", false, { try $0.send(bytes: Array("hello\n".utf8)) }),
        ("another protocol's version", false, { try $0.send(.sessionCapability, ServedClient.capability("3.0")) }),
        ("a pool before negotiation", false, { try $0.send(.initRunspacePool, ServedClient.opening) }),
        ("a capability without a version", false, { try $0.send(.sessionCapability, "<Obj RefId=\"0\"><MS /></Obj>") }),
        ("a second pool", true, { try $0.send(.initRunspacePool, ServedClient.opening) }),
        ("a Command for the session itself", true, { try $0.send(.command) }),
        ("a Signal to the session itself", true, { try $0.send(.signal) }),
        ("an acknowledgement", true, { try $0.send(.dataAck) }),
        ("what only servers say", true, { try $0.send(.pipelineOutput, "<S>x</S>") }),
        ("a body that is no CLIXML", true, { try $0.send(.getAvailableRunspaces, "<S>") }),
        (
            "a message to a client", true,
            { try $0.channel.send(RemotingMessage(.client, .publicKey, pool: $0.pool, body: "")) }
        ),
        (
            "a pipeline without commands", true,
            { client in
                let id = GUID()
                try client.send(.command, id)
                try client.send(.createPipeline, pipeline: id, "<Obj RefId=\"0\"><MS /></Obj>")
            }
        ),
        (
            "a pipeline that was begun already", true,
            { client in
                let id = try client.start("1")
                _ = try client.end(of: id)
                try client.create(id, "1")
            }
        ),
        (
            "a pipeline that waits for its input already", true,
            { client in try client.create(try client.start("$input", expectsInput: true), "1") }
        ),
        ("too many pipelines", true, { client in for _ in 0..<65 { try client.send(.command, GUID()) } }),
        ("a line without end", true, { try $0.send(bytes: [UInt8](repeating: 0x41, count: 5 << 20)) }),
        (
            "a fragment of no object", true,
            { try $0.channel.send(TransportElement(.data, .empty, payload: [UInt8](repeating: 0, count: 22))) }
        ),
    ]

    @Test(arguments: wrongs.map(\.what)) func `what a client must not send ends the session with a reason`(
        _ what: String
    ) throws {
        let wrong = try #require(Self.wrongs.first { $0.what == what })
        let client = try ServedClient()
        if wrong.opensFirst { try client.open() }
        // The server may hang up before everything is sent.
        try? wrong.act(client)
        let failure = try #require(try client.failure())
        #expect(RemotingFault.allCases.contains { failure.is($0) }, "\(failure)")
    }
}
