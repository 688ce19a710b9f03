/// Lines, or objects, from outside for `$input` and `process`, taken when the script wants them and not before: who holds the other end of a
/// pipe may never close it.
///
/// Used on the runspace's thread.
package final class InputSource {
    private let next: () throws(Stop) -> Value?
    /// What `$input` has gathered.
    private var gathered: [Value]?

    /// - Parameter next: the next line without its end; nil at the end of input. May block; an interrupt throws.
    package init(_ next: @escaping () throws(Stop) -> String?) {
        self.next = { () throws(Stop) in try next().map { .string($0) } }
    }

    /// - Parameter objects: the next object; nil at the end of input. May block; an interrupt throws.
    package init(objects: @escaping () throws(Stop) -> Value?) { next = objects }

    /// Each line that is left, as it comes.
    func forEach(_ body: (Value) throws(Stop) -> Void) throws(Stop) {
        while let line = try next() { try body(line) }
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
