/// A run of source text with what it is to the reader: what completion, colouring and comment help work on.
package struct Token: Sendable {
    package enum Kind: String, Sendable {
        case comment, newline, separator, keyword, command, parameter, bareword, variable, number, string, member, type
        case `operator`, group, redirection, label
    }

    package let kind: Kind
    package let range: SourceRange

    package var text: String { range.text }
}
