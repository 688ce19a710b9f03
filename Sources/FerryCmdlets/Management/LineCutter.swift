/// Cuts bytes of UTF-8 that come in pieces into lines, which end with a line feed, a carriage return, or both.
struct LineCutter {
    /// What the pieces so far ended with: the beginning of a line.
    private var pending: [UInt8] = []
    /// The last piece ended with a carriage return; a line feed in front of the next one belongs to it.
    private var endedWithReturn = false

    /// - Parameters:
    ///   - isLast: what is left is the last line, unless it is empty.
    ///   - take: hears each line.
    mutating func cut<Failure: Error>(
        _ bytes: [UInt8], count: Int? = nil, isLast: Bool, _ take: (String) throws(Failure) -> Void
    ) throws(Failure) {
        let end = count ?? bytes.count
        var start = 0
        if endedWithReturn, end > 0 {
            if bytes[0] == 0x0A { start = 1 }
            endedWithReturn = false
        }
        var place = start
        while place < end {
            let byte = bytes[place]
            guard byte == 0x0A || byte == 0x0D else {
                place += 1
                continue
            }
            if pending.isEmpty {
                try take(String(decoding: bytes[start..<place], as: UTF8.self))
            } else {
                pending += bytes[start..<place]
                try take(String(decoding: pending, as: UTF8.self))
                pending.removeAll(keepingCapacity: true)
            }
            place += 1
            if byte == 0x0D {
                if place == end {
                    endedWithReturn = true
                } else if bytes[place] == 0x0A {
                    place += 1
                }
            }
            start = place
        }
        pending += bytes[start..<end]
        if isLast, !pending.isEmpty { try take(String(decoding: pending, as: UTF8.self)) }
    }
}
