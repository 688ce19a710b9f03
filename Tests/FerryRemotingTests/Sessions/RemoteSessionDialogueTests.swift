import FerryCore
import FerryEngine
import FerryRemoting
import FerryTestKit
import Testing

/// A session as hosts see it that say what they must not.
@Suite struct RemoteSessionDialogueTests {
    @Test func `a record that cannot be read is an error, and the session goes on`() throws {
        let host = try PlayedHost { voice in
            try voice.say(.pipelineOutput, "<S>before</S>")
            try voice.say(.pipelineOutput, "<TS>P1Y</TS>")
            try voice.say(.errorRecord, "<S>no record</S>")
            try voice.say(.pipelineOutput, "<S>after</S>")
            try voice.complete()
        }
        for _ in 0..<2 { #expect(try host.run() == ["before", "RecordNotReadable", "RecordNotReadable", "after"]) }
    }

    @Test func `a host whose references nest without end does not end the client`() throws {
        let chain = (1..<60_000).reduce(into: "<Obj RefId=\"0\"><LST /></Obj>") { text, level in
            text += "<Obj RefId=\"\(level)\"><LST><Ref RefId=\"\(level - 1)\" /></LST></Obj>"
        }
        let host = try PlayedHost { voice in
            try voice.say(.pipelineOutput, "<Obj RefId=\"all\"><LST>\(chain)</LST></Obj>")
            try voice.say(.pipelineOutput, "<S>after</S>")
            try voice.complete()
        }
        #expect(try host.run() == ["RecordNotReadable", "after"])
    }

    @Test func `data for pipelines that do not exist is neither looked at nor kept`() throws {
        let host = try PlayedHost { voice in
            // No fragment: whoever looks at it ends the session.
            let payload = [UInt8](repeating: 0, count: 22)
            for _ in 0..<100 { try voice.channel.send(TransportElement(.data, GUID(), payload: payload)) }
            try voice.say(.pipelineOutput, "<S>after</S>")
            try voice.complete()
        }
        for _ in 0..<2 { #expect(try host.run() == ["after"]) }
    }

    @Test func `an ending that cannot be read breaks the session instead of waiting for ever`() throws {
        let host = try PlayedHost { try $0.say(.pipelineState, "<S") }
        #expect(throws: Stop.self) { try host.run() }
        guard case .broken = host.session.phase else {
            Issue.record("The session is \(host.session.phase).")
            return
        }
    }
}
