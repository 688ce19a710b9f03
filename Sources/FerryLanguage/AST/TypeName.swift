/// A type as written between brackets: `int`, `System.IO.Path`, `string[]`, `int[,]`, `System.Collections.Generic.List[string]`.
package final class TypeName: SyntaxNode {
    package enum Shape: Sendable {
        case simple
        /// `rank` 1 is `[]`, 2 is `[,]`.
        case array(of: TypeName, rank: Int)
        /// `name` is the generic type without arguments.
        case generic(TypeName, arguments: [TypeName])
    }

    package let range: SourceRange
    /// As written, without the outer brackets.
    package let name: String
    package let shape: Shape
    /// The part after the comma in `[Some.Type, Some.Assembly]`.
    package let assembly: String?

    package init(range: SourceRange, name: String, shape: Shape, assembly: String? = nil) {
        self.range = range
        self.name = name
        self.shape = shape
        self.assembly = assembly
    }

    /// `name` lower-cased, for look-ups: type names do not distinguish case.
    package var key: String { name.lowercased() }

    /// Whether this names the type or attribute `name`: without case, with or without the suffix `Attribute` and with or
    /// without a namespace.
    package func matches(_ name: String) -> Bool {
        guard case .simple = shape else { return false }
        let wanted = name.lowercased()
        var own = key
        if let dot = own.lastIndex(of: ".") { own = String(own[own.index(after: dot)...]) }
        return own == wanted || own == wanted + "attribute"
    }
}
