/// `Out-Default`'s part: turns a stream of objects, or of packets that a format command made, into lines.
package final class OutputFormatter {
    private let layout: FormatLayout
    private let generator: FormatGenerator

    /// - Parameter emit: takes one line, without its newline.
    package init(
        source: any FormatSource, renderer: FormatRenderer, emit: @escaping (String) throws(Stop) -> Void
    ) {
        let layout = FormatLayout(renderer, emit: emit)
        self.layout = layout
        generator = FormatGenerator(source) { packet throws(Stop) in try layout.add(packet) }
    }

    package func add(_ value: Value) throws(Stop) { try generator.add(value) }

    /// Writes rows that wait for their columns to be sized, and leaves what is open open: something else is about to write.
    package func flush() throws(Stop) { try layout.finish() }

    /// Ends what is open: the last rows and the blank line after them.
    package func finish() throws(Stop) {
        try generator.finish()
        try layout.finish()
    }
}
