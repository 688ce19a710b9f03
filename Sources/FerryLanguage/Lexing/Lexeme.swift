/// What the lexer found at a place, in one of its modes.
///
/// Expandable strings and words that need expansion are only recognised by their first character: what is inside
/// them is statements again, so the parser reads them in place and no text is scanned twice for every level of nesting.
struct Lexeme {
    enum Kind: Equatable {
        case end
        case newline, semicolon, comma, pipe, andAnd, orOr, ampersand
        case openParen, closeParen, openBrace, closeBrace, openBracket, closeBracket
        case atParen, atBrace, dollarParen
        case variable(VariablePath)
        case splatted(VariablePath)
        case number(NumberValue)
        case singleQuoted(String)
        case singleQuotedHere(String)
        /// The first character only: `"`, `@"`.
        case doubleQuoted
        case doubleQuotedHere
        case identifier
        /// The first character of a word that is neither an identifier nor anything else.
        case word
        case parameter(name: String, hasColon: Bool)
        case label(String)
        case dash(DashOperator)
        case assignment(Assignment.Operator)
        case plus, minus, plusPlus, minusMinus, multiply, divide, remainder, exclaim, dotDot, dot
        case question, questionQuestion, colon, colonColon
        case fileRedirection(Redirection.Stream, appends: Bool)
        case mergeRedirection(Redirection.Stream, into: Redirection.Stream)
        case inputRedirection
        /// `@` before nothing that can be splatted.
        case unrecognized
    }

    var kind: Kind
    /// Byte offsets, after white space and comments.
    var start: Int
    var end: Int
}
