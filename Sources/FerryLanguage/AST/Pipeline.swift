/// `a | b | c`, at least one element.
package final class Pipeline: SyntaxNode {
    package let range: SourceRange
    package let elements: [PipelineElement]
    /// A trailing `&`.
    package let runsInBackground: Bool

    package init(range: SourceRange, elements: [PipelineElement], runsInBackground: Bool = false) {
        self.range = range
        self.elements = elements
        self.runsInBackground = runsInBackground
    }
}

/// `first && second || third`: each link runs when the previous pipeline's `$?` allows it.
package final class PipelineChain: SyntaxNode {
    package enum Operator: String, Sendable { case and = "&&", or = "||" }
    package struct Link: Sendable {
        package let `operator`: Operator
        package let pipeline: Statement
    }

    package let range: SourceRange
    /// A pipeline or an assignment, as each link's.
    package let first: Statement
    package let rest: [Link]
    package let runsInBackground: Bool

    package init(range: SourceRange, first: Statement, rest: [Link], runsInBackground: Bool = false) {
        self.range = range
        self.first = first
        self.rest = rest
        self.runsInBackground = runsInBackground
    }
}

/// One stage of a pipeline.
package enum PipelineElement: Sendable {
    case command(Command)
    /// Only the first stage can be one.
    case expression(ExpressionElement)

    package var range: SourceRange {
        switch self {
        case .command(let node): node.range
        case .expression(let node): node.range
        }
    }

    package var redirections: [Redirection] {
        switch self {
        case .command(let node): node.redirections
        case .expression(let node): node.redirections
        }
    }
}

/// An expression as a pipeline's first stage: its value is enumerated into the pipeline.
package final class ExpressionElement: SyntaxNode {
    package let range: SourceRange
    package let expression: Expression
    package let redirections: [Redirection]

    package init(range: SourceRange, expression: Expression, redirections: [Redirection]) {
        self.range = range
        self.expression = expression
        self.redirections = redirections
    }
}

/// A command with its arguments, in source order.
package final class Command: SyntaxNode {
    package enum Invocation: String, Sendable {
        /// By name: `Get-VM`.
        case name = ""
        /// `& $x`: in a scope of its own.
        case call = "&"
        /// `. $x`: in the current scope.
        case dot = "."
    }

    package let range: SourceRange
    package let invocation: Invocation
    /// A bareword string for a plain name; after `&` and `.` any expression.
    package let name: Expression
    package let arguments: [CommandArgument]
    package let redirections: [Redirection]

    package init(
        range: SourceRange, invocation: Invocation, name: Expression, arguments: [CommandArgument],
        redirections: [Redirection]
    ) {
        self.range = range
        self.invocation = invocation
        self.name = name
        self.arguments = arguments
        self.redirections = redirections
    }

    /// The name when it is known before evaluation.
    package var literalName: String? { if case .string(let string) = name { string.value } else { nil } }
}

/// One word of a command after its name.
package enum CommandArgument: Sendable {
    /// A positional value, or the value of the parameter before it. `@name` is a variable expression with `isSplatted`.
    case value(Expression)
    case parameter(CommandParameter)
    /// The first `--`: what follows is never a parameter. Native commands receive it, others do not.
    case endOfParameters(SourceRange)
    /// Everything after `--%`, untouched.
    case verbatim(String, SourceRange)

    package var range: SourceRange {
        switch self {
        case .value(let expression): expression.range
        case .parameter(let parameter): parameter.range
        case .endOfParameters(let range): range
        case .verbatim(_, let range): range
        }
    }
}

/// `-Name`, `-Name:value`.
package final class CommandParameter: SyntaxNode {
    package let range: SourceRange
    /// As written without dash and colon.
    package let name: String
    /// The value behind a colon; a value after a space is the next argument.
    package let argument: Expression?
    /// The dash and name as written, `-Name` or `-Name:`, for native commands.
    package let written: String

    package init(range: SourceRange, name: String, argument: Expression?, written: String) {
        self.range = range
        self.name = name
        self.argument = argument
        self.written = written
    }
}

/// `> file`, `2>> file`, `2>&1`.
package final class Redirection: SyntaxNode {
    package enum Stream: String, Sendable {
        case all = "*"
        case output = "1"
        case error = "2"
        case warning = "3"
        case verbose = "4"
        case debug = "5"
        case information = "6"
    }
    package enum Target: Sendable {
        case file(Expression, appends: Bool)
        /// Always the output stream: the parser refuses others.
        case stream(Stream)
    }

    package let range: SourceRange
    package let stream: Stream
    package let target: Target

    package init(range: SourceRange, stream: Stream, target: Target) {
        self.range = range
        self.stream = stream
        self.target = target
    }
}
