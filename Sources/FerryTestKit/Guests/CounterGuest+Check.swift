package import FerryCore
package import FerryLinux

extension CounterGuest {
    /// What the counters of a paused guest say.
    package struct Counters: Sendable {
        /// One a page, ascending.
        package let values: [UInt32]

        /// nil when every page is where the count has come to; else the first page that is not.
        package var fault: String? {
            guard let first = values.first else { return "there are no counters" }
            guard let step = values.firstIndex(where: { $0 != first }) else { return nil }
            for (index, value) in values.enumerated() where value != (index < step ? first : first &- 1) {
                let page = CounterGuest.firstCounted / CounterGuest.page + UInt64(index)
                return "page \(page) has \(value), the first has \(first), the step is at page index \(step)"
            }
            return nil
        }

        /// How many counts all pages together have seen.
        package var total: UInt64 { values.reduce(0) { $0 + UInt64($1) } }
    }

    /// Reads the counters without allocating holes. Only of a paused guest are they of one instant.
    package func counters(in ram: RAMFile) throws(Failure) -> Counters {
        var values: [UInt32] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: Self.firstCounted, to: endOfCounted, by: piece.count) {
            var span = piece.mutableSpan
            // SAFETY: UInt8 has no padding and every bit pattern is a value.
            var bytes = unsafe span.mutableBytes
            try ram.read(at: start, into: &bytes)
            for offset in stride(from: 0, to: piece.count, by: Int(Self.page)) {
                values.append(Self.word(piece, offset))
            }
        }
        return Counters(values: values)
    }

    /// The records the guest wrote, checked: nil when they are whole and without a gap, else what is wrong.
    ///
    /// - Parameter image: a raw image nobody has open.
    package static func logFault(image: String) throws(Failure) -> String? {
        let bytes = try DurableFile.read(image, limit: 1 << 30)
        guard bytes.count >= logStart + logPages * page else { return "the image ends before the records" }
        var numbers: [UInt32] = []
        for record in 0..<logPages {
            let start = Int(logStart + record * page)
            let number = word(bytes, start)
            for index in 0..<1024 where word(bytes, start + index * 4) != (number == 0 ? 0 : number ^ UInt32(index)) {
                return "record \(record) is torn at word \(index)"
            }
            numbers.append(number)
        }
        // Record n lies at place (n - 1) modulo the places; the newest is followed by the oldest.
        let newest = numbers.max() ?? 0
        guard newest > 0 else { return "no record was written" }
        for (place, number) in numbers.enumerated() {
            let back = (UInt64((newest &- 1)) + logPages - UInt64(place)) % logPages
            let expected = UInt64(newest) > back ? UInt32(UInt64(newest) - back) : 0
            if number != expected { return "place \(place) has record \(number), not \(expected) (newest \(newest))" }
        }
        return nil
    }

    /// The number of the newest record.
    package static func newestRecord(image: String) throws(Failure) -> UInt32 {
        let bytes = try DurableFile.read(image, limit: 1 << 30)
        return (0..<logPages).map { word(bytes, Int(logStart + $0 * page)) }.max() ?? 0
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
    }
}
