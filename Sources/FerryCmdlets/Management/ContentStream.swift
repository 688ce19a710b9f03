import FerryEngine
import Glibc

/// Lines of a file put out as they are read: the first of a file of any size, the last of one, or all of them, whatever is behind them in
/// the pipeline may stop it.
struct ContentStream {
    private static let chunk = 1 << 18

    private let path: String
    private let origin: ContentOrigin
    private let call: Call

    init(_ path: String, _ origin: ContentOrigin, _ call: Call) {
        self.path = path
        self.origin = origin
        self.call = call
    }

    /// Bytes and lines of UTF-8 one by one.
    private var fits: Bool {
        guard !call[GetContent.raw], !call.isBound(GetContent.delimiter), !call[GetContent.wait],
            !call.isBound(GetContent.readCount) || call[GetContent.readCount] == 1
        else { return false }
        if call[GetContent.asByteStream] { return !call.isBound(GetContent.tail) }
        switch call[GetContent.encoding] {
        case nil, .utf8?, .utf8NoBOM?, .utf8BOM?, .ascii?, .ansi?, .oem?: return true
        default: return false
        }
    }

    /// - Returns: false for what must be read whole, of which nothing has been put out then.
    func run(_ io: CommandIO) throws(Stop) -> Bool {
        guard fits else { return false }
        guard let file = FileReader(path, io.interrupt) else { throw failure }
        let isRegular = file.status.st_mode & S_IFMT == S_IFREG
        if call.isBound(GetContent.tail) {
            guard isRegular, file.status.st_size > 0 else { return false }
            return try putLast(call[GetContent.tail], of: file, Int(file.status.st_size), io)
        }
        var left = call.isBound(GetContent.totalCount) ? call[GetContent.totalCount] : .max
        if left <= 0 { return true }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        var (cutter, isFirst, number) = (LineCutter(), true, Int64(0))
        while left > 0 {
            guard let count = try file.read(into: &buffer) else { throw failure }
            if call[GetContent.asByteStream] {
                if count == 0 { return true }
                let taken = Int(min(Int64(count), left))
                try io.emit(contentsOf: buffer[..<taken].map { .number(.byte($0)) })
                left -= Int64(taken)
                continue
            }
            var bytes = buffer
            var size = count
            if isFirst, count > 1 {
                // UTF-16 and UTF-32 are read whole.
                if buffer[0] >= 0xFE || buffer[0] == 0 && buffer[1] == 0 {
                    guard isRegular else { return try putWhole(file, Array(buffer[..<count]), io) }
                    return false
                }
                if count > 2, buffer[..<3] == [0xEF, 0xBB, 0xBF] {
                    bytes = Array(buffer[3..<count])
                    size = count - 3
                }
                isFirst = false
            }
            var lines: [Value] = []
            cutter.cut(bytes, count: size, isLast: count == 0) { line in
                number += 1
                lines.append(.object(ContentLine(line, origin, readCount: number)))
            }
            try io.emit(contentsOf: Int64(lines.count) > left ? Array(lines.prefix(Int(left))) : lines)
            left -= Int64(lines.count)
            if count == 0 { return true }
        }
        return true
    }

    /// A pipe cannot be read a second time.
    private func putWhole(_ file: FileReader, _ start: [UInt8], _ io: CommandIO) throws(Stop) -> Bool {
        var (all, buffer) = (start, [UInt8](repeating: 0, count: Self.chunk))
        while let count = try file.read(into: &buffer), count > 0, all.count < 1 << 30 { all += buffer[..<count] }
        var lines = CommandIO.lines(TextEncoding.text(of: all, nil))
        if call.isBound(GetContent.totalCount) {
            lines = Array(lines.prefix(Int(clamping: call[GetContent.totalCount])))
        }
        for (index, line) in lines.enumerated() {
            try io.emit(.object(ContentLine(line, origin, readCount: Int64(index + 1))))
        }
        return true
    }

    /// Goes back from the file's end, piece by piece, until there are lines enough.
    private func putLast(_ count: Int, of file: FileReader, _ size: Int, _ io: CommandIO) throws(Stop) -> Bool {
        guard count > 0 else { return true }
        var head = [UInt8](repeating: 0, count: 4)
        guard let got = try file.read(into: &head) else { throw failure }
        if got > 1, head[0] >= 0xFE || head[0] == 0 && head[1] == 0 { return false }
        let begin = head[..<3] == [0xEF, 0xBB, 0xBF] ? 3 : 0
        var (bytes, start) = ([UInt8](), size)
        while start > begin {
            let from = max(begin, start - Self.chunk)
            guard file.seek(to: from) != nil, let piece = try read(start - from, of: file) else { throw failure }
            bytes = piece + bytes
            start = from
            guard bytes.count <= 1 << 30 else { return false }
            // One more than asked for: the first of them may be cut off, and the last may be empty.
            if bytes.lazy.filter({ $0 == 0x0A || $0 == 0x0D }).prefix(2 * count + 2).count > 2 * count + 1 { break }
        }
        var (lines, cutter) = ([String](), LineCutter())
        cutter.cut(bytes, isLast: true) { lines.append($0) }
        for (index, line) in lines.suffix(count).enumerated() {
            try io.emit(.object(ContentLine(line, origin, readCount: Int64(index + 1))))
        }
        return true
    }

    private func read(_ count: Int, of file: FileReader) throws(Stop) -> [UInt8]? {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: count))
        while bytes.count < count {
            guard let got = try file.read(into: &buffer) else { return nil }
            // The file has become shorter.
            if got == 0 { return bytes }
            bytes += buffer[..<min(got, count - bytes.count)]
        }
        return bytes
    }

    private var failure: Stop {
        FileChange.stop(errno, path, id: "GetContentReaderUnauthorizedAccessError", doing: "read")
    }
}
