/// `[Text.Encoding]` and the encodings it gives.
enum EncodingMembers {
    static let tables: [TypeMembers] =
        [encoding]
        + EncodingObject.types.map { type, kind in
            TypeMembers(type.fullName) {
                $0.make { call throws(Stop) in
                    guard call.count <= 2 else { throw call.noOverload() }
                    // UTF8Encoding takes whether there is a mark; UnicodeEncoding the order of bytes before that.
                    var kind = kind
                    var isMarked = kind == .unicode || kind == .utf32
                    if kind == .utf8 { isMarked = call.count > 0 && call.arguments[0].isTrue }
                    if kind == .unicode, call.count == 2 {
                        if call.arguments[0].isTrue { kind = .bigEndianUnicode }
                        isMarked = call.arguments[1].isTrue
                    }
                    return .object(EncodingObject(kind, isMarked: isMarked))
                }
                methods(&$0)
            }
        }

    private static let encoding = TypeMembers("System.Text.Encoding") {
        for kind in EncodingObject.Kind.allCases {
            $0.constant(kind.rawValue, .object) { .object(EncodingObject(kind, isMarked: true)) }
        }
        $0.constant("Default", .object) { .object(EncodingObject(.utf8)) }
        $0.staticMethod("GetEncoding", "static System.Text.Encoding GetEncoding(string name)", 1...1) {
            call throws(Stop) in
            let name = try call.string(0).folded
            guard let kind = EncodingObject.kind(named: name) else {
                throw call.failed(
                    "System.ArgumentException", "'\(name)' is not a supported encoding name. (Parameter 'name')")
            }
            return .object(EncodingObject(kind, isMarked: true))
        }
    }

    private static func methods(_ builder: inout TypeMembers.Builder) {
        builder.method("GetBytes", "byte[] GetBytes(string s)", 1...1) { call throws(Stop) in
            let encoding = try target(call)
            return SystemMembers.byteArray(encoding.encode(try call.string(0)))
        }
        builder.method("GetString", "string GetString(byte[] bytes)", 1...3) { call throws(Stop) in
            let encoding = try target(call)
            var data = SystemMembers.bytes(call.arguments[0])
            if call.count == 3 {
                let (start, count) = (try call.int(1), try call.int(2))
                guard start >= 0, count >= 0, start <= data.count - count else { throw call.noOverload() }
                data = Array(data[start..<start + count])
            }
            return .string(encoding.decode(data))
        }
        builder.method("GetPreamble", "byte[] GetPreamble()", 0...0) { call throws(Stop) in
            SystemMembers.byteArray(try target(call).mark)
        }
        builder.method("GetByteCount", "int GetByteCount(string s)", 1...1) { call throws(Stop) in
            let encoding = try target(call)
            return .count(encoding.encode(try call.string(0)).count)
        }
    }

    private static func target(_ call: MethodCall) throws(Stop) -> EncodingObject {
        guard let encoding = call.target.asObject as? EncodingObject else { throw call.noOverload() }
        return encoding
    }
}
