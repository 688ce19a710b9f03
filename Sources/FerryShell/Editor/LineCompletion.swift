/// What could stand in the place of a word of the line.
package struct LineCompletion {
    package struct Candidate {
        /// What is put into the line.
        package var text: String
        /// What a list of candidates shows.
        package var shown: String
        package init(text: String, shown: String) {
            self.text = text
            self.shown = shown
        }
    }

    /// The part that is replaced, in characters (Unicode scalars) of the line.
    package var start: Int
    package var count: Int
    package var candidates: [Candidate]

    package init(start: Int, count: Int, candidates: [Candidate]) {
        self.start = start
        self.count = count
        self.candidates = candidates
    }
}

/// Tab pressed again and again: which candidate stands in the line, which must be as it was left.
struct CompletionCycle {
    var completion: LineCompletion
    var index: Int
    /// Characters that the candidate in the line has.
    var count: Int
    var text: [Unicode.Scalar]
    var cursor: Int
}
