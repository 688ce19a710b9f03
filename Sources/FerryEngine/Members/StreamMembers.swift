/// Methods of streams, and `[IO.MemoryStream]::new(bytes)`.
enum StreamMembers {
    static let tables: [TypeMembers] = [
        TypeMembers(StreamObject.memoryType.fullName) {
            $0.make { call throws(Stop) in
                guard call.count == 1 else { throw call.noOverload() }
                return StreamObject(try bytes(call)).value
            }
            $0.method("ToArray", "byte[] ToArray()", 0...0) { call throws(Stop) in
                .array(ArrayObject(try stream(call).contents.map { .number(.byte($0)) }, of: .byte))
            }
            common(&$0)
        },
        TypeMembers(StreamObject.fileType.fullName) { common(&$0) },
    ]

    private static func common(_ builder: inout TypeMembers.Builder) {
        builder.method("ReadByte", "int ReadByte()", 0...0) { call throws(Stop) in
            .count(try stream(call).read(1).first.map(Int.init) ?? -1)
        }
        for name in ["Close", "Dispose"] {
            builder.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                try stream(call).close()
                return .nothing
            }
        }
    }

    private static func bytes(_ call: MethodCall) throws(Stop) -> [UInt8] {
        let converted = try call.convert(0, .array(of: .byte))
        return (converted.elements ?? []).compactMap { value in
            guard case .number(.byte(let byte)) = value else { return nil }
            return byte
        }
    }

    private static func stream(_ call: MethodCall) throws(Stop) -> StreamObject {
        guard let stream = call.target.hosted(StreamObject.self) else { throw call.noOverload() }
        return stream
    }
}
