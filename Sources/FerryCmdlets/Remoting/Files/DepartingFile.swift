import FerryEngine
import Foundation
import Glibc

/// A file that is read in pieces, for a copy through a session.
final class DepartingFile {
    /// Bytes of a piece: one message, with room for what its text form adds.
    static let pieceSize = 1 << 19

    let path: String
    private let descriptor: Int32

    /// - Throws: when it cannot be read, or is no plain file.
    init(_ path: String) throws(Stop) {
        self.path = path
        // Or a pipe without a writer would be waited for.
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw ArrivingFile.stop(errno, path, "read") }
        var status = stat()
        // SAFETY: the call fills the record that is its own.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ArrivingFile.noFile(path)
        }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// - Returns: nil at the end.
    func next() throws(Stop) -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        var count = 0
        while count < piece.count {
            let start = count
            // SAFETY: reads at most what is left of the buffer behind its start.
            let read = unsafe piece.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw ArrivingFile.stop(errno, path, "read") }
            if read == 0 { break }
            count += read
        }
        return count == 0 ? nil : Array(piece[..<count])
    }

    static func text(of piece: [UInt8]) -> String { Data(piece).base64EncodedString() }

    /// - Returns: nil for text that is no piece.
    static func piece(of text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
