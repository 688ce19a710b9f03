import Glibc

/// `System.IO.StreamReader` and `System.IO.StringReader`: text that is read from the front.
final class TextReaderObject: HostedBody {
    static let fileType = RuntimeType(
        "System.IO.StreamReader", bases: ["System.IO.TextReader", "System.MarshalByRefObject", "System.Object"])
    static let textType = RuntimeType(
        "System.IO.StringReader", bases: ["System.IO.TextReader", "System.MarshalByRefObject", "System.Object"])

    private let stream: StreamObject?
    private let encoding: EncodingObject
    private var isClosed = false
    /// Bytes that were read and not given out yet, from `place` on.
    private var buffer: [UInt8] = []
    private var place = 0
    private var isAtEnd = false
    private var knowsMark = false

    /// Reads a stream, in the encoding its mark says or else the given one.
    init(_ stream: StreamObject, _ encoding: EncodingObject?) {
        self.stream = stream
        self.encoding = encoding ?? EncodingObject(.utf8)
    }

    init(text: String) {
        stream = nil
        encoding = EncodingObject(.utf8)
        buffer = Array(text.utf8)
        isAtEnd = true
        knowsMark = true
    }

    var typeName: RuntimeType { stream == nil ? Self.textType : Self.fileType }
    var propertyNames: [String] { stream == nil ? [] : ["CurrentEncoding", "BaseStream", "EndOfStream"] }

    func property(_ name: String) throws(Stop) -> Value? {
        guard let stream else { return nil }
        switch name.folded {
        case "currentencoding": return .object(encoding)
        case "basestream": return stream.value
        case "endofstream": return .bool(try !fill())
        default: return nil
        }
    }

    func close() {
        isClosed = true
        stream?.close()
    }

    /// Makes sure of a byte to give out; false at the end.
    private func fill() throws(Stop) -> Bool {
        guard !isClosed else {
            throw .runtime(
                "ObjectDisposedException", .invalidOperation, "Cannot read from a closed TextReader.",
                exception: "System.ObjectDisposedException")
        }
        if place < buffer.count { return true }
        guard !isAtEnd, let stream else { return false }
        if !isBytewise {
            // Only encodings of bytes can be cut anywhere; the others are read whole.
            var all: [UInt8] = []
            while true {
                let part = try stream.read(1 << 16)
                if part.isEmpty { break }
                all += part
            }
            buffer = Array(encoding.decode(all).utf8)
            isAtEnd = true
        } else {
            buffer = try stream.read(1 << 16)
            isAtEnd = buffer.isEmpty
        }
        place = 0
        if !knowsMark {
            knowsMark = true
            if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
                place = 3
            } else if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) {
                while true {
                    let part = try stream.read(1 << 16)
                    if part.isEmpty { break }
                    buffer += part
                }
                buffer = Array(FileText.decode(buffer).utf8)
                isAtEnd = true
            }
        }
        if place < buffer.count { return true }
        return isAtEnd ? false : try fill()
    }

    private var isBytewise: Bool { encoding.kind == .utf8 || encoding.kind == .ascii || encoding.kind == .latin1 }

    private func decoded(_ bytes: [UInt8]) -> String {
        isBytewise && encoding.kind != .utf8 ? encoding.decode(bytes) : String(decoding: bytes, as: UTF8.self)
    }

    /// The next line without its end; nil when there is none.
    func line() throws(Stop) -> String? {
        guard try fill() else { return nil }
        var bytes: [UInt8] = []
        while try fill() {
            let rest = buffer[place...]
            guard let end = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) else {
                bytes += rest
                place = buffer.count
                continue
            }
            bytes += rest[..<end]
            let isReturn = buffer[end] == 13
            place = end + 1
            if isReturn, try fill(), buffer[place] == 10 { place += 1 }
            break
        }
        return decoded(bytes)
    }

    /// All that is left.
    func rest() throws(Stop) -> String {
        var bytes: [UInt8] = []
        while try fill() {
            bytes += buffer[place...]
            place = buffer.count
        }
        return decoded(bytes)
    }

    /// The next character; nil at the end. `peeking` leaves it there.
    func character(peeking: Bool) throws(Stop) -> UInt16? {
        guard try fill() else { return nil }
        let first = buffer[place]
        if !isBytewise || encoding.kind == .utf8, first >= 0x80 {
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            let text = String(decoding: buffer[place..<min(place + length, buffer.count)], as: UTF8.self)
            if !peeking { place = min(place + length, buffer.count) }
            return text.utf16.first
        }
        if !peeking { place += 1 }
        return encoding.decode([first]).utf16.first
    }
}
