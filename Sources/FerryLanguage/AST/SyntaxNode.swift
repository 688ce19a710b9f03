/// A node of the syntax tree: immutable, shared freely between threads, with the text it was parsed from.
///
/// Every node is a final class, so a node has an identity: an evaluator that compiles names to slots keys its results on
/// `ObjectIdentifier(node)`. The closed families `Statement` and `Expression` are enums over those classes, so a switch lists
/// every place that must understand a new node.
package protocol SyntaxNode: AnyObject, Sendable {
    var range: SourceRange { get }
}
