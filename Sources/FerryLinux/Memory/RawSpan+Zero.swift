extension RawSpan {
    /// Whether every byte is zero. Concrete and branch-poor: it runs over all of a guest's memory.
    package var isAllZero: Bool {
        let count = byteCount
        // SAFETY: every load lies inside `count` bytes, and any bit pattern is a value of these types.
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            var offset = 0
            while offset + 256 <= count {
                let first = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
                let second = unsafe base.loadUnaligned(fromByteOffset: offset + 64, as: SIMD8<UInt64>.self)
                let third = unsafe base.loadUnaligned(fromByteOffset: offset + 128, as: SIMD8<UInt64>.self)
                let fourth = unsafe base.loadUnaligned(fromByteOffset: offset + 192, as: SIMD8<UInt64>.self)
                if (first | second) | (third | fourth) != .zero { return false }
                offset += 256
            }
            while offset + 8 <= count {
                if unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
                offset += 8
            }
            while offset < count {
                if unsafe base.load(fromByteOffset: offset, as: UInt8.self) != 0 { return false }
                offset += 1
            }
            return true
        }
    }
}
