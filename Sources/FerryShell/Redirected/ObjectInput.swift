import FerryCore
import FerryEngine
import FerryRemoting

/// Standard input as objects: `-InputFormat XML`. Lines of text in front of a document are objects as well.
///
/// Used on the runspace's thread.
final class ObjectInput {
    private let input: StandardInput
    private var reader = CLIXMLStreamReader()
    private var waiting: [Value] = []
    /// How many of those were given out.
    private var given = 0
    private var hasEnded = false

    init(_ input: StandardInput) { self.input = input }

    /// The next object; nil at the end of input. Blocks.
    ///
    /// - Throws: `.interrupted` after Ctrl-C, an error for input that is none.
    func next() throws(Stop) -> Value? {
        while given == waiting.count {
            if hasEnded { return nil }
            (waiting, given) = ([], 0)
            let line = input.line()
            if case .interrupted = line { throw .interrupted }
            do throws(Failure) {
                if case .line(let text) = line {
                    take(try reader.records(adding: Array(text.utf8)[...]))
                } else {
                    hasEnded = true
                    take(try reader.end())
                }
            } catch {
                throw .error(ErrorRecord(error))
            }
        }
        defer { given += 1 }
        return waiting[given]
    }

    private func take(_ records: [ExchangedRecord]) {
        for record in records {
            switch record {
            case .line(let line): waiting.append(.string(line))
            case .record(.output(let parcel)): waiting.append(parcel.open())
            case .record: break
            }
        }
    }
}
