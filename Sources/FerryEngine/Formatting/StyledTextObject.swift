/// `System.Management.Automation.Internal.StringDecorated`: a text and what of it is seen.
package final class StyledTextObject: Object {
    private let decorated: String
    init(_ text: String) { decorated = text }

    private static let type = RuntimeType("System.Management.Automation.Internal.StringDecorated")
    package override var typeName: RuntimeType { Self.type }
    package override var text: String { decorated.withoutEscapes }
    package override var propertyNames: [String] { ["IsDecorated", "ContentLength"] }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "isdecorated": .bool(decorated.withoutEscapes != decorated)
        case "contentlength": .count(decorated.withoutEscapes.utf16.count)
        default: nil
        }
    }

    static let members = TypeMembers("System.Management.Automation.Internal.StringDecorated") {
        $0.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            return .object(StyledTextObject(try call.string(0)))
        }
        $0.method("ToString", "string ToString(System.Management.Automation.OutputRendering outputRendering)", 0...1) {
            call throws(Stop) in
            guard let object = call.target.asObject as? StyledTextObject else { return .null }
            guard call.count == 1 else { return .string(object.text) }
            let rendering = try call.string(0)
            return .string(rendering.folded == "ansi" ? object.decorated : object.text)
        }
    }
}
