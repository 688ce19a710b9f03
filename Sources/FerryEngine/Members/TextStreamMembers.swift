/// `[IO.StreamReader]`, `[IO.StringReader]` and `[IO.StreamWriter]`.
enum TextStreamMembers {
    static let tables: [TypeMembers] = [
        TypeMembers(TextReaderObject.fileType.fullName) {
            $0.make { call throws(Stop) in
                guard (1...3).contains(call.count) else { throw call.noOverload() }
                if let stream = call.arguments[0].hosted(StreamObject.self) {
                    return TextReaderObject(stream, encoding(call)).value
                }
                let path = try FileMembers.resolved(call)
                return try FileMembers.attempt(call) { () throws(Stop) in
                    TextReaderObject(try FileMembers.opened(path), encoding(call)).value
                }
            }
            reading(&$0)
        },
        TypeMembers(TextReaderObject.textType.fullName) {
            $0.make { call throws(Stop) in
                guard call.count == 1 else { throw call.noOverload() }
                return TextReaderObject(text: try call.string(0)).value
            }
            reading(&$0)
        },
        TypeMembers(TextWriterObject.type.fullName) {
            $0.make { call throws(Stop) in
                guard (1...4).contains(call.count) else { throw call.noOverload() }
                let path = try FileMembers.resolved(call)
                let appends = call.count > 1 && call.arguments[1].isTrue
                return try FileMembers.attempt(call) { () throws(Stop) in
                    try TextWriterObject(path, appends: appends, encoding(call)).value
                }
            }
            for name in ["Write", "WriteLine"] {
                $0.method(name, "void \(name)(string value)", 0...16) { call throws(Stop) in
                    var text = try call.count > 0 ? call.string(0) : ""
                    if call.count > 1 {
                        text = try CompositeFormat.text(text, Array(call.arguments.dropFirst()), call.runspace)
                    }
                    try FileMembers.attempt(call) { () throws(Stop) in
                        try writer(call).write(text, endsLine: name == "WriteLine")
                    }
                    return .nothing
                }
            }
            $0.method("Flush", "void Flush()", 0...0) { call throws(Stop) in
                try writer(call).flush()
                return .nothing
            }
            for name in ["Close", "Dispose"] {
                $0.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                    try writer(call).close()
                    return .nothing
                }
            }
        },
    ]

    private static func reading(_ builder: inout TypeMembers.Builder) {
        builder.method("ReadLine", "string ReadLine()", 0...0) { call throws(Stop) in
            try call.runspace.interrupt.check()
            return .optional(try FileMembers.attempt(call) { () throws(Stop) in try reader(call).line() })
        }
        builder.method("ReadToEnd", "string ReadToEnd()", 0...0) { call throws(Stop) in
            .string(try FileMembers.attempt(call) { () throws(Stop) in try reader(call).rest() })
        }
        for name in ["Read", "Peek"] {
            builder.method(name, "int \(name)()", 0...0) { call throws(Stop) in
                let unit = try FileMembers.attempt(call) { () throws(Stop) in
                    try reader(call).character(peeking: name == "Peek")
                }
                return .count(unit.map(Int.init) ?? -1)
            }
        }
        for name in ["Close", "Dispose"] {
            builder.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                try reader(call).close()
                return .nothing
            }
        }
    }

    /// The encoding among a constructor's arguments.
    private static func encoding(_ call: MethodCall) -> EncodingObject? {
        call.arguments.lazy.compactMap { $0.asObject as? EncodingObject }.first
    }

    private static func reader(_ call: MethodCall) throws(Stop) -> TextReaderObject {
        guard let reader = call.target.hosted(TextReaderObject.self) else { throw call.noOverload() }
        return reader
    }

    private static func writer(_ call: MethodCall) throws(Stop) -> TextWriterObject {
        guard let writer = call.target.hosted(TextWriterObject.self) else { throw call.noOverload() }
        return writer
    }
}
