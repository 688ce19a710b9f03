/// What came of asking the witness of a move.
package struct WitnessWord: Sendable, Hashable {
    package enum Answer: Sendable, Hashable {
        case decided(OwnershipSide)
        case silent
    }

    package var name: String
    package var answer: Answer

    package init(_ name: String, _ answer: Answer) {
        self.name = name
        self.answer = answer
    }
}
