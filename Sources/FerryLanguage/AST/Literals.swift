/// A number as the lexer read it, in the type PowerShell gives it.
package enum NumberValue: Hashable, Sendable {
    case int8(Int8)
    case uint8(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case double(Double)
    /// `significand` holds decimal digits with an optional minus; the value is significand / 10^scale, scale 0…28.
    case decimal(significand: String, scale: Int)
    /// Decimal digits with an optional minus: the `n` suffix.
    case bigInteger(String)
}

/// A number literal.
package final class NumberExpression: SyntaxNode {
    package let range: SourceRange
    package let value: NumberValue

    package init(range: SourceRange, value: NumberValue) {
        self.range = range
        self.value = value
    }
}

/// How a string was written.
package enum StringStyle: String, Sendable {
    case bareword, singleQuoted, doubleQuoted, singleQuotedHere, doubleQuotedHere
}

/// A string without anything to expand. `value` has escapes resolved.
package final class StringExpression: SyntaxNode {
    package let range: SourceRange
    package let value: String
    package let style: StringStyle

    package init(range: SourceRange, value: String, style: StringStyle) {
        self.range = range
        self.value = value
        self.style = style
    }
}

/// A string with variables or subexpressions in it: `"a $b $(c)"`, or the bareword `a$b`.
package final class ExpandableStringExpression: SyntaxNode {
    package enum Part: Sendable {
        /// Escapes resolved.
        case text(String)
        case variable(VariableExpression)
        case subexpression(BlockExpression)
    }

    package let range: SourceRange
    package let parts: [Part]
    package let style: StringStyle

    package init(range: SourceRange, parts: [Part], style: StringStyle) {
        self.range = range
        self.parts = parts
        self.style = style
    }
}
