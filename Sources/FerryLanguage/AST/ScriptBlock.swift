/// A script, a function's body or a `{ … }` literal.
///
///     using … ; #requires
///     param ( … )                      parameters
///     dynamicparam { } begin { } process { } end { } clean { }
///
/// Text without named blocks is an unnamed `end` block (`process` in a filter).
package final class ScriptBlock: SyntaxNode {
    /// With the braces when the block was written in braces.
    package let range: SourceRange
    /// Without the braces: what `ToString()` shows.
    package let bodyRange: SourceRange
    package let usings: [UsingDirective]
    package let parameters: ParameterBlock?
    package let dynamicParameters: NamedBlock?
    package let begin: NamedBlock?
    package let process: NamedBlock?
    package let end: NamedBlock?
    package let clean: NamedBlock?
    /// `#requires` lines, in order. Only on the script itself, empty elsewhere.
    package let requirements: [ScriptRequirement]

    package init(
        range: SourceRange, bodyRange: SourceRange, usings: [UsingDirective] = [], parameters: ParameterBlock? = nil,
        dynamicParameters: NamedBlock? = nil, begin: NamedBlock? = nil, process: NamedBlock? = nil,
        end: NamedBlock? = nil, clean: NamedBlock? = nil, requirements: [ScriptRequirement] = []
    ) {
        self.range = range
        self.bodyRange = bodyRange
        self.usings = usings
        self.parameters = parameters
        self.dynamicParameters = dynamicParameters
        self.begin = begin
        self.process = process
        self.end = end
        self.clean = clean
        self.requirements = requirements
    }

    /// The source text between the braces, exactly as written: the block's `ToString()`.
    package var text: String { bodyRange.text }

    /// Whether the block binds parameters like a cmdlet: `[CmdletBinding()]`, or a `[Parameter()]` on any parameter.
    package var isAdvanced: Bool {
        guard let parameters else { return false }
        return parameters.attributes.contains { $0.typeName.matches("CmdletBinding") }
            || parameters.parameters.contains { $0.attributes.contains { $0.isAttribute("Parameter") } }
    }
}

/// One of a script block's blocks.
package final class NamedBlock: SyntaxNode {
    package enum Kind: String, Sendable { case dynamicparam, begin, process, end, clean }

    package let range: SourceRange
    package let kind: Kind
    /// No `end { }` was written: the statements stand for themselves.
    package let isUnnamed: Bool
    package let body: StatementBlock

    package init(range: SourceRange, kind: Kind, isUnnamed: Bool, body: StatementBlock) {
        self.range = range
        self.kind = kind
        self.isUnnamed = isUnnamed
        self.body = body
    }
}

/// Statements in order, and the traps that cover all of them wherever they stand among them.
package final class StatementBlock: SyntaxNode {
    /// With the braces where there are braces.
    package let range: SourceRange
    package let statements: [Statement]
    package let traps: [TrapStatement]

    package init(range: SourceRange, statements: [Statement], traps: [TrapStatement] = []) {
        self.range = range
        self.statements = statements
        self.traps = traps
    }
}

/// `using namespace System.IO`. Parsed; whether it means anything is the evaluator's business.
package final class UsingDirective: SyntaxNode {
    package enum Kind: String, Sendable { case namespace, module, assembly, type, command }

    package let range: SourceRange
    package let kind: Kind
    package let name: String

    package init(range: SourceRange, kind: Kind, name: String) {
        self.range = range
        self.kind = kind
        self.name = name
    }
}

/// One `#requires` line, read as a command named `requires` with its parameters.
package struct ScriptRequirement: Sendable {
    package let range: SourceRange
    package let command: Command

    /// The words after `#requires`, as written: `["-Version", "7.0"]`.
    package var words: [String] { range.text.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init) }
}
