import Crypto
import FerryEngine
import Foundation
import Glibc

/// The digest of a file's contents.
struct GetFileHash: Cmdlet {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], position: 0, mandatory: true, pipeline: .byProperty)
    static let stream = Parameter<Value>(
        "InputStream", position: 0, mandatory: true, type: RuntimeType("System.IO.Stream"))
    static let algorithm = Parameter<String>(
        "Algorithm", position: 1, validate: [.set(["SHA1", "SHA256", "SHA384", "SHA512", "MD5"])])

    static let signature = Signature(
        "Get-FileHash", typeName: "Microsoft.PowerShell.Commands.GetFileHashCommand", defaultSet: "Path",
        outputs: [type], parameters: [algorithm],
        sets: [
            ParameterSet("Path", [path]), ParameterSet("LiteralPath", [literalPath]),
            ParameterSet("StreamParameterSet", [stream]),
        ])
    private static let type = RuntimeType("Microsoft.PowerShell.Commands.FileHashInfo")

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        switch call.parameterSet {
        case "StreamParameterSet":
            guard let stream = call[Self.stream].hosted(StreamObject.self) else { return }
            var digest = FileDigest(algorithm(call))
            while case let bytes = try stream.read(1 << 20), !bytes.isEmpty {
                try io.interrupt.check()
                digest.update(bytes)
            }
            try emit(digest, path: "", call, io)
        case "LiteralPath":
            for text in call[Self.literalPath] { try hash(io.runspace.location.resolve(text), call, io) }
        default:
            for text in call[Self.path] {
                guard let place = try io.checkedPath(text), case .file = place else { continue }
                let wanted = io.runspace.location.pattern(text)
                let found =
                    WildcardPattern.isPattern(wanted) ? FileGlob.expand(wanted) : [WildcardPattern.unescape(wanted)]
                for file in found { try hash(file, call, io) }
            }
        }
    }

    private func algorithm(_ call: Call) -> String {
        call.isBound(Self.algorithm) ? call[Self.algorithm].uppercased() : "SHA256"
    }

    private func hash(_ path: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return try report(errno, path, io) }
        defer { _ = close(descriptor) }
        var digest = FileDigest(algorithm(call))
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            try io.interrupt.check()
            // SAFETY: reads at most the buffer's own size.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return try report(errno, path, io) }
            if count == 0 { break }
            digest.update(buffer[..<count])
        }
        try emit(digest, path: path, call, io)
    }

    private func report(_ code: Int32, _ path: String, _ io: CommandIO) throws(Stop) {
        switch code {
        case ENOENT, ENOTDIR:
            try io.report(
                "FileNotFound", .objectNotFound, "Cannot find path '\(path)' because it does not exist.",
                target: .string(path), exception: "System.Management.Automation.ItemNotFoundException")
        case EACCES, EPERM, EISDIR:
            try io.report(
                "UnauthorizedAccessError", .invalidData, "Access to the path '\(path)' is denied.",
                target: .string(path), exception: "System.UnauthorizedAccessException")
        default:
            try io.report(
                "FileReadError", .readError, "The file '\(path)' cannot be read: \(FileFailure.reason(code)).",
                target: .string(path), exception: "System.IO.IOException")
        }
    }

    private func emit(_ digest: FileDigest, path: String, _ call: Call, _ io: CommandIO) throws(Stop) {
        try io.emit(
            .object(
                CustomObject(
                    [
                        ("Algorithm", .string(algorithm(call))), ("Hash", .string(digest.text)),
                        ("Path", .string(path)),
                    ], type: Self.type)))
    }
}
