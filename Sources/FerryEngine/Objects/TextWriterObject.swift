/// `System.IO.StreamWriter`: lines that go to a file as they come, what it holds back at most 64 KiB.
final class TextWriterObject: HostedBody {
    static let type = RuntimeType(
        "System.IO.StreamWriter", bases: ["System.IO.TextWriter", "System.MarshalByRefObject", "System.Object"])

    private let encoding: EncodingObject
    private var file: TextFileWriter?
    private var pending: [UInt8] = []
    private var flushesAlways = false
    private var lineEnd = "\n"

    init(_ path: String, appends: Bool, _ encoding: EncodingObject?) throws(Stop) {
        let isNew = !appends || !FileText.exists(path)
        file = try TextFileWriter(path, appends: appends)
        self.encoding = encoding ?? EncodingObject(.utf8)
        if isNew { pending = self.encoding.mark }
    }

    deinit {
        // A script that forgets to close its file loses the end of it in .NET; here it does not.
        guard let file, !pending.isEmpty else { return }
        do throws(Stop) { try file.write(bytes: pending[...]) } catch { return }
    }

    var typeName: RuntimeType { Self.type }
    var propertyNames: [String] { ["AutoFlush", "Encoding", "NewLine"] }

    func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "autoflush": .bool(flushesAlways)
        case "encoding": .object(encoding)
        case "newline": .string(lineEnd)
        default: nil
        }
    }

    func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        switch name.folded {
        case "autoflush":
            flushesAlways = value.isTrue
            if flushesAlways { try flush() }
        case "newline": lineEnd = value.display
        default: return false
        }
        return true
    }

    func write(_ text: String, endsLine: Bool) throws(Stop) {
        guard file != nil else {
            throw .runtime(
                "ObjectDisposedException", .invalidOperation, "Cannot write to a closed TextWriter.",
                exception: "System.ObjectDisposedException")
        }
        pending += encoding.encode(endsLine ? text + lineEnd : text)
        if flushesAlways || pending.count >= 1 << 16 { try flush() }
    }

    func flush() throws(Stop) {
        guard let file, !pending.isEmpty else { return }
        try file.write(bytes: pending[...])
        pending.removeAll(keepingCapacity: true)
    }

    func close() throws(Stop) {
        guard let file else { return }
        try flush()
        self.file = nil
        try file.close()
    }
}
