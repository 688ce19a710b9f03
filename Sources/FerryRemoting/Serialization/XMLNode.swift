/// One element of a parsed document.
struct XMLNode {
    let name: String
    var attributes: [(name: String, value: String)] = []
    var children: [XMLNode] = []
    /// Character data directly inside, in order, references resolved.
    var text = ""

    func attribute(_ wanted: String) -> String? { attributes.first { $0.name == wanted }?.value }
    func child(_ wanted: String) -> XMLNode? { children.first { $0.name == wanted } }
}
