import FerryCore
import FerryEngine
import FerryRemoting
import Testing

/// What one shell writes and another reads, in any pieces and broken in any way.
@Suite struct CLIXMLStreamTests {
    /// One record of each kind.
    private static func document() -> [UInt8] {
        var writer = CLIXMLStreamWriter()
        let records: [JobRecord] = [
            .output(Parcel(.string("a < \"b\" > c"))), .output(Parcel(.array([.int(1), .string("two")]))),
            .warning("careful"), .verbose("more"), .debug("most"),
            .progress(ProgressRecord(activityID: 3, activity: "Moving", status: "memory", percentComplete: 40)),
            .error(
                Parcel(
                    .object(
                        ErrorRecord(
                            ExceptionObject("System.Exception", "bad"), errorID: "Bad", category: .invalidData)))),
            .information(Parcel(.object(InformationRecord(.string("news"), tags: [], source: "script")))),
        ]
        return Array(("before\n" + records.map { writer.text(of: $0) }.joined() + writer.end() + "\n").utf8)
    }

    /// A word for each record.
    private static func words(_ records: [ExchangedRecord]) -> [String] {
        records.map { record in
            switch record {
            case .line(let line): "line \(line)"
            case .record(.output(let parcel)): "output \(parcel.open().display)"
            case .record(.error(let parcel)): "error \((parcel.open().asObject as? ErrorRecord)?.message ?? "")"
            case .record(.warning(let text)): "warning \(text)"
            case .record(.verbose(let text)): "verbose \(text)"
            case .record(.debug(let text)): "debug \(text)"
            case .record(.information(let parcel)): "information \(parcel.open().asObject?.text ?? "")"
            case .record(.progress(let record)): "progress \(record.activity) \(record.percentComplete)"
            }
        }
    }

    @Test func `every kind of record is read as it was written, in one piece and byte for byte`() throws {
        let (whole, pieces) = try Runspace.onOwnThread { () -> Result<([String], [String]), Failure> in
            do throws(Failure) {
                let bytes = Self.document()
                var reader = CLIXMLStreamReader()
                let whole = Self.words(try reader.records(adding: bytes[...]) + reader.end())
                var slow = CLIXMLStreamReader()
                var pieces: [String] = []
                for index in bytes.indices { pieces += Self.words(try slow.records(adding: bytes[index...index])) }
                return .success((whole, pieces + Self.words(try slow.end())))
            } catch { return .failure(error) }
        }.get()
        #expect(
            whole == [
                "line before", "output a < \"b\" > c", "output 1 two", "warning careful", "verbose more", "debug most",
                "progress Moving 40", "error bad", "information news",
            ])
        #expect(pieces == whole)
    }

    @Test func `a document that stops between two objects is no whole one`() throws {
        let stops = Runspace.onOwnThread { () -> Bool in
            var writer = CLIXMLStreamWriter()
            var reader = CLIXMLStreamReader()
            do throws(Failure) {
                let text = writer.text(of: .output(Parcel(.string("one"))))
                guard try reader.records(adding: Array(text.utf8)[...]).count == 1 else { return false }
                _ = try reader.end()
                return false
            } catch {
                return error.message.contains("objects may be missing")
            }
        }
        #expect(stops)
    }

    @Test func `empty lines of text behind a document are lines`() throws {
        let words = try Runspace.onOwnThread { () -> Result<[String], Failure> in
            do throws(Failure) {
                var reader = CLIXMLStreamReader()
                let bytes = Self.document() + Array("\n\nlater\n".utf8)
                return .success(Self.words(try reader.records(adding: bytes[...]) + reader.end()))
            } catch { return .failure(error) }
        }.get()
        #expect(words.suffix(3) == ["line ", "line ", "line later"])
    }

    @Test func `what breaks off or is changed in any place is read or an error`() {
        let (read, refused) = Runspace.onOwnThread { () -> (Int, Int) in
            let bytes = Self.document()
            var (read, refused) = (0, 0)
            func feed(_ bytes: [UInt8]) {
                var reader = CLIXMLStreamReader()
                do throws(Failure) {
                    _ = try reader.records(adding: bytes[...])
                    _ = try reader.end()
                    read += 1
                } catch { refused += 1 }
            }
            for end in bytes.indices { feed(Array(bytes[..<end])) }
            for index in bytes.indices {
                for byte in Array("<>/\"& \n\u{0}".utf8) {
                    var changed = bytes
                    changed[index] = byte
                    feed(changed)
                }
            }
            return (read, refused)
        }
        #expect(read > 0 && refused > 0)
    }
}
