/// An object with operators, an order and formats of its own, as .NET's operator overloads give its types theirs.
package class OperandObject: Object {
    /// The result of the operator with this object on one side.
    ///
    /// - Parameter isLeft: whether this is the left operand.
    /// - Returns: `nil` where the types have no such operator.
    func apply(_ operation: Arithmetic.Operation, _ other: Value, isLeft: Bool) throws(Stop) -> Value? { nil }

    /// Negative, zero or positive; `nil` where the other value cannot be compared with this one.
    func order(_ other: Value) -> Int? { nil }

    /// `ToString(format)`; `nil` if the format is not valid.
    func formatted(_ format: String) -> String? { text }

    /// Whether the object counts as true where a condition is asked.
    var isTrue: Bool { true }

    /// Whether the object is shown as its text where nothing else is asked for.
    var isScalar: Bool { false }

    package override func isEqual(to other: Object) -> Bool { order(.object(other)) == 0 }
}
