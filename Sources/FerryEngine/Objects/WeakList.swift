/// Objects somebody else owns, as long as they live. Takes room in proportion to those that do.
struct WeakList<Element: AnyObject> {
    private struct Entry {
        weak var element: Element?
    }

    private var entries: [Entry] = []
    private var limit = 16

    mutating func add(_ element: Element) {
        if entries.count >= limit {
            entries.removeAll { $0.element == nil }
            limit = max(16, entries.count * 2)
        }
        entries.append(Entry(element: element))
    }

    var all: [Element] { entries.compactMap(\.element) }
}
