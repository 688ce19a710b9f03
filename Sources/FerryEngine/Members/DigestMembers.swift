/// `[Security.Cryptography.SHA256]` and its kin: digests of bytes and streams, as `Get-FileHash` computes them.
enum DigestMembers {
    static let tables: [TypeMembers] = digests + [randomness]

    private static let randomnessType = RuntimeType("System.Security.Cryptography.RandomNumberGenerator")

    /// Numbers of the system's generator, which nobody foresees.
    private static let randomness = TypeMembers(randomnessType.fullName) {
        $0.staticMethod(
            "Create", "static System.Security.Cryptography.RandomNumberGenerator Create()", 0...0
        ) { _ throws(Stop) in .object(NamedObject(randomnessType)) }
        $0.staticMethod("GetInt32", "static int GetInt32(int fromInclusive, int toExclusive)", 1...2) {
            call throws(Stop) in
            let low = call.count > 1 ? try call.int(0) : 0
            let high = try call.int(call.count - 1)
            guard low < high else {
                throw call.failed(
                    "System.ArgumentException",
                    "Range of random number does not contain at least one possibility. (Parameter 'fromInclusive')")
            }
            return .count(Int.random(in: low..<high))
        }
        $0.staticMethod("GetBytes", "static byte[] GetBytes(int count)", 1...1) { call throws(Stop) in
            let count = try call.int(0)
            guard (0..<1 << 28).contains(count) else { throw call.noOverload() }
            return SystemMembers.byteArray((0..<count).map { _ in UInt8.random(in: 0...255) })
        }
        $0.staticMethod("Fill", "static void Fill(byte[] data)", 1...1) { call throws(Stop) in try fill(call) }
        $0.method("GetBytes", "void GetBytes(byte[] data)", 1...1) { call throws(Stop) in try fill(call) }
        $0.method("Dispose", "void Dispose()", 0...0) { _ throws(Stop) in .nothing }
    }

    private static func fill(_ call: MethodCall) throws(Stop) -> Value {
        guard case .array(let array) = call.arguments[0].plain else { throw call.noOverload() }
        for place in array.elements.indices { array.elements[place] = .number(.byte(UInt8.random(in: 0...255))) }
        return .nothing
    }

    private static let digests: [TypeMembers] = ["MD5", "SHA1", "SHA256", "SHA384", "SHA512"].flatMap { algorithm in
        ["", "Managed", "CryptoServiceProvider"].map { table(algorithm, suffix: $0) }
    }

    private static func table(_ algorithm: String, suffix: String) -> TypeMembers {
        let name = "System.Security.Cryptography." + algorithm + suffix
        let type = RuntimeType(
            name,
            bases: (suffix.isEmpty ? [] : ["System.Security.Cryptography." + algorithm])
                + ["System.Security.Cryptography.HashAlgorithm", "System.Object"])
        return TypeMembers(name) {
            if suffix.isEmpty {
                $0.staticMethod("Create", "static \(name) Create()", 0...0) { call throws(Stop) in
                    .object(NamedObject(type))
                }
                $0.staticMethod("HashData", "static byte[] HashData(byte[] source)", 1...1) { call throws(Stop) in
                    try digest(call, algorithm)
                }
            } else {
                $0.make { call throws(Stop) in
                    guard call.count == 0 else { throw call.noOverload() }
                    return .object(NamedObject(type))
                }
            }
            $0.method(
                "ComputeHash", "byte[] ComputeHash(byte[] buffer)\nbyte[] ComputeHash(System.IO.Stream inputStream)",
                1...1
            ) { call throws(Stop) in try digest(call, algorithm) }
            for name in ["Dispose", "Clear"] {
                $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
            }
        }
    }

    private static func digest(_ call: MethodCall, _ algorithm: String) throws(Stop) -> Value {
        var source = call.arguments[0]
        if source.hosted(StreamObject.self) == nil {
            source = StreamObject(SystemMembers.bytes(try call.convert(0, .array(of: .byte)))).value
        }
        let sink = CollectingSink()
        try call.runspace.run(
            command: "Get-FileHash",
            arguments: [
                Argument(.parameter("InputStream", source)), Argument(.parameter("Algorithm", .string(algorithm))),
            ], frame: call.frame, output: sink)
        let text = try Members.property("Hash", of: sink.result, call.runspace)?.display ?? ""
        let digits = Array(text)
        return SystemMembers.byteArray(
            stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) })
    }
}
