/// Takes terminal control sequences out of a program's output.
package enum ControlSequences {
    /// CSI (`ESC [ … letter`), OSC (`ESC ] … BEL` or `ESC \`), two-byte escapes, carriage returns and bells are removed.
    package static func stripped(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x0d, 0x07: continue
            case 0x1b:
                guard index < bytes.count else { break }
                let kind = bytes[index]
                index += 1
                if kind == UInt8(ascii: "[") {
                    while index < bytes.count, !(0x40...0x7e).contains(bytes[index]) { index += 1 }
                    index += 1
                } else if kind == UInt8(ascii: "]") {
                    while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1b { index += 1 }
                    if index < bytes.count, bytes[index] == 0x1b { index += 1 }
                    index += 1
                }
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
