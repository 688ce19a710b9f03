/// One piece of script text: a file, a line typed at the prompt, the argument of `Invoke-Expression`.
///
/// Offsets are UTF-8 byte offsets from 0. Lines count from 1; `\n`, `\r\n` and a lone `\r` end a line. Columns count UTF-16 code
/// units from 1, as PowerShell's `OffsetInLine` does.
package final class SourceText: Sendable {
    /// The file's path, nil for text that was typed or built.
    package let path: String?
    package let bytes: [UInt8]
    /// The offset of each line's first byte; the first is 0.
    private let lineStarts: [Int]

    package init(_ text: String, path: String? = nil) {
        self.path = path
        self.bytes = Array(text.utf8)
        var starts = [0]
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                starts.append(index + 1)
            case UInt8(ascii: "\r") where index + 1 >= bytes.count || bytes[index + 1] != UInt8(ascii: "\n"):
                starts.append(index + 1)
            default:
                break
            }
            index += 1
        }
        lineStarts = starts
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var lineCount: Int { lineStarts.count }
    package var wholeRange: SourceRange { SourceRange(self, 0, bytes.count) }

    package func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

    package func position(at offset: Int) -> SourcePosition {
        let line = lineIndex(at: offset)
        let column = String(decoding: bytes[lineStarts[line]..<min(offset, bytes.count)], as: UTF8.self).utf16.count
        return SourcePosition(offset: offset, line: line + 1, column: column + 1)
    }

    /// The text of line `number` (from 1) without its line ending; empty when there is no such line.
    package func line(_ number: Int) -> String {
        guard number >= 1, number <= lineStarts.count else { return "" }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] : bytes.count
        while end > start, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return text(start, end)
    }

    private func lineIndex(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }
}

/// A place in a `SourceText`: byte offset from 0, line and UTF-16 column from 1.
package struct SourcePosition: Hashable, Sendable {
    package let offset: Int
    package let line: Int
    package let column: Int
}

/// A run of a source text, `[start, end)` in bytes. PowerShell's "extent".
package struct SourceRange: Sendable {
    package let source: SourceText
    package let start: Int
    package let end: Int

    package init(_ source: SourceText, _ start: Int, _ end: Int) {
        self.source = source
        self.start = start
        self.end = max(start, end)
    }

    package var text: String { source.text(start, end) }
    package var isEmpty: Bool { start == end }
    package var startPosition: SourcePosition { source.position(at: start) }
    package var endPosition: SourcePosition { source.position(at: end) }
    /// The whole first line, as error views show it.
    package var startLine: String { source.line(startPosition.line) }

    /// From the start of this range to the end of `other`, which lies in the same source.
    package func through(_ other: SourceRange) -> SourceRange { SourceRange(source, start, max(end, other.end)) }
}

extension SourceRange: Equatable {
    package static func == (left: SourceRange, right: SourceRange) -> Bool {
        left.source === right.source && left.start == right.start && left.end == right.end
    }
}
