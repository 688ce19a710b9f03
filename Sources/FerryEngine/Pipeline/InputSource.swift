/// Lines from outside for `$input` and `process`, taken when the script wants them and not before: who holds the other end of a
/// pipe may never close it.
///
/// Used on the runspace's thread.
package final class InputSource {
    private let next: () throws(Stop) -> String?
    /// What `$input` has gathered.
    private var gathered: [Value]?

    /// - Parameter next: the next line without its end; nil at the end of input. May block; an interrupt throws.
    package init(_ next: @escaping () throws(Stop) -> String?) { self.next = next }

    /// Each line that is left, as it comes.
    func forEach(_ body: (Value) throws(Stop) -> Void) throws(Stop) {
        while let line = try next() { try body(.string(line)) }
    }

    /// All lines that nobody took; waits for the end of input the first time.
    func all() throws(Stop) -> [Value] {
        if let gathered { return gathered }
        var lines: [Value] = []
        try forEach { line in lines.append(line) }
        gathered = lines
        return lines
    }
}
