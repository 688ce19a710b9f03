import CLinux
import FerryCore
import Glibc

/// PAGEMAP_SCAN over the address space of one process.
///
/// Always with category and return mask "written" and nothing else, and with the check that the range is tracked: other
/// masks report a page that was written and then given back as clean on kernels before the fix of July 2026.
struct WrittenPageScan {
    let pagemap: SharedDescriptor

    /// Opens the page map of process `pid`.
    init(pid: Int32) throws(Failure) {
        let path = "/proc/\(pid)/pagemap"
        pagemap = SharedDescriptor(try Descriptor.open(path, O_RDONLY))
    }

    /// Addresses of [start, end) written since they were last protected, ascending, to `body`.
    ///
    /// - Parameter protecting: also protects what is reported, in the same step. An error then leaves some pages protected
    ///   and unreported, so that the caller must take the whole range for written.
    /// - Returns: 0 or a negated errno.
    func written(
        start: UInt64, end: UInt64, protecting: Bool, _ body: (_ start: UInt64, _ end: UInt64) -> Void
    ) -> Int32 {
        unsafe withUnsafeTemporaryAllocation(of: ferry_page_region.self, capacity: Self.regionsAtOnce) { regions in
            var position = start
            while position < end {
                var walked = position
                // SAFETY: the call fills at most `count` regions of the buffer it is given.
                let count = pagemap.withRaw { number in
                    unsafe ferry_scan_written(
                        number, position, end, protecting ? 1 : 0, regions.baseAddress, regions.count, &walked)
                }
                if count == -EINTR, !protecting { continue }
                guard count >= 0 else { return count }
                for index in 0..<Int(count) { unsafe body(regions[index].start, regions[index].end) }
                // A scan that does not move on would be endless.
                guard walked > position else { return -EIO }
                position = walked
            }
            return 0
        }
    }

    private static let regionsAtOnce = 1024
}
