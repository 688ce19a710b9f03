import FerryContract
import FerryCore
import FerryHost
import FerryTransfer

/// The decoders under libFuzzer (`Tests/fuzz` builds and runs it). The first byte of an input chooses the decoder, the rest is
/// what it reads: a value, or a `Failure`. libFuzzer reports a crash, a hang and memory without bound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: libFuzzer lends `count` bytes for the call.
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    switch choice % 7 {
    case 0:
        guard let message = try? Message(decoding: bytes) else { break }
        precondition((try? Message(decoding: message.encoded())) == message, "what was read is not what is sent")
    case 1:
        guard let preamble = try? Preamble(bytes) else { break }
        precondition(preamble.bytes == bytes, "a preamble changed")
    case 2:
        guard let journal = try? OwnershipJournal(bytes) else { break }
        precondition(journal.validByteCount <= bytes.count, "a journal is longer than its bytes")
    case 3:
        guard let value = try? JSONParser.parse(bytes) else { break }
        precondition((try? JSONParser.parse(Array(value.serialized.utf8))) == value, "a JSON value changed")
    case 4:
        var reader = QMPLineReader()
        guard let lines = try? reader.append(bytes, owner: "fuzz") else { break }
        for line in lines { _ = try? QMPMessage(line: line, owner: "fuzz") }
    case 5:
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard let route = try? Route(method: String(parts.first ?? ""), path: String(parts.dropFirst().first ?? ""))
        else { break }
        precondition((try? Route(method: route.method, path: route.path)) == route, "a route changed")
    default:
        _ = try? ContractJSON.decode(PrepareMigrationRequest.self, from: bytes, role: "The request")
    }
    return 0
}
