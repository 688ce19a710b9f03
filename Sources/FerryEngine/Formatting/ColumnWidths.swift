/// How wide each column of a table is on a screen; −1 hides a column.
///
/// Rules (PowerShell's): columns without a width share what the others leave, evenly; where all together are too wide, columns go
/// from the right, and the last that partly fits shrinks.
enum ColumnWidths {
    private static let separator = 1
    private static let narrowest = 1

    static func fitted(_ wanted: [Int], screen: Int) -> [Int] {
        var widths = wanted
        let open = widths.indices.filter { widths[$0] <= 0 }
        for index in open { widths[index] = narrowest }
        var free = screen - total(widths)
        while free > 0, !open.isEmpty {
            for index in open where free > 0 {
                widths[index] += 1
                free -= 1
            }
        }
        while true {
            let excess = total(widths) - screen
            guard excess > 0, let last = widths.lastIndex(where: { $0 > 0 }) else { return widths }
            let shrunk = widths[last] - excess
            if shrunk >= narrowest {
                widths[last] = shrunk
                return widths
            }
            widths[last] = -1
        }
    }

    private static func total(_ widths: [Int]) -> Int {
        let visible = widths.filter { $0 > 0 }
        return visible.reduce(0, +) + separator * max(0, visible.count - 1)
    }
}
