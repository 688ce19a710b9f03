/// `[CmdletBinding()] param ( … )`, or the parenthesised list after a function's name.
package final class ParameterBlock: SyntaxNode {
    package let range: SourceRange
    /// Of the block itself: `CmdletBinding`, `OutputType`, `Diagnostics…`, `Alias`.
    package let attributes: [Attribute]
    package let parameters: [ParameterDeclaration]

    package init(range: SourceRange, attributes: [Attribute], parameters: [ParameterDeclaration]) {
        self.range = range
        self.attributes = attributes
        self.parameters = parameters
    }
}

/// `[Parameter(Mandatory)] [string] $Name = 'x'`.
package final class ParameterDeclaration: SyntaxNode {
    package let range: SourceRange
    package let variable: VariablePath
    package let variableRange: SourceRange
    /// In source order; type constraints among them.
    package let attributes: [AttributeNode]
    package let defaultValue: Expression?

    package init(
        range: SourceRange, variable: VariablePath, variableRange: SourceRange, attributes: [AttributeNode],
        defaultValue: Expression?
    ) {
        self.range = range
        self.variable = variable
        self.variableRange = variableRange
        self.attributes = attributes
        self.defaultValue = defaultValue
    }

    package var name: String { variable.name }

    /// The parameter's type: the first type constraint, nil for `object`.
    package var type: TypeName? {
        for attribute in attributes { if case .type(let constraint) = attribute { return constraint.typeName } }
        return nil
    }
}

/// Something in brackets before a parameter or variable: an attribute with arguments, or a type.
package enum AttributeNode: Sendable {
    case attribute(Attribute)
    case type(TypeConstraint)

    package var range: SourceRange {
        switch self {
        case .attribute(let node): node.range
        case .type(let node): node.range
        }
    }

    package func isAttribute(_ name: String) -> Bool {
        if case .attribute(let attribute) = self { attribute.typeName.matches(name) } else { false }
    }
}

/// `[ValidateSet('a', 'b', IgnoreCase = $false)]`.
package final class Attribute: SyntaxNode {
    package struct NamedArgument: Sendable {
        package let range: SourceRange
        package let name: String
        /// nil for a bare name (`Mandatory`), which means `$true`.
        package let value: Expression?
    }

    package let range: SourceRange
    package let typeName: TypeName
    package let positional: [Expression]
    package let named: [NamedArgument]

    package init(range: SourceRange, typeName: TypeName, positional: [Expression], named: [NamedArgument]) {
        self.range = range
        self.typeName = typeName
        self.positional = positional
        self.named = named
    }
}

/// `[int]` before a variable or parameter, or the types of a `catch`.
package final class TypeConstraint: SyntaxNode {
    package let range: SourceRange
    package let typeName: TypeName

    package init(range: SourceRange, typeName: TypeName) {
        self.range = range
        self.typeName = typeName
    }
}
