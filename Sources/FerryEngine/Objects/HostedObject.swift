/// What a target outside the engine shows to scripts as an object with a type and properties. `Object` itself cannot be
/// subclassed from there (only `open` classes can, and the package has none).
///
/// Values that never change are nouns (`NounType`); this is for objects with identity or costly properties: files, variables.
package protocol HostedBody: AnyObject {
    var typeName: RuntimeType { get }
    /// `ToString()`.
    var text: String { get }
    /// In display order.
    var propertyNames: [String] { get }
    /// By case-insensitive name; `nil` if there is none of that name.
    func property(_ name: String) throws(Stop) -> Value?
    /// Sets a property. Returns `false` if there is none of that name that can be set.
    func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool
    func isEqual(to other: any HostedBody) -> Bool
    /// Whether the body never changes once made, nor holds anything of its runspace: other threads may then use it as it is.
    /// They get a snapshot of its properties otherwise.
    var isImmutable: Bool { get }
}

extension HostedBody {
    package var text: String { typeName.fullName }
    package func isEqual(to other: any HostedBody) -> Bool { self === other }
    package var isImmutable: Bool { false }
    package func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool { false }

    /// The object scripts see.
    package var value: Value { .object(HostedObject(self)) }
}

/// The object scripts see of a `HostedBody`.
package final class HostedObject: Object {
    package let body: any HostedBody

    package init(_ body: any HostedBody) { self.body = body }

    package override var typeName: RuntimeType { body.typeName }
    package override var text: String { body.text }
    package override var propertyNames: [String] { body.propertyNames }
    package override func property(_ name: String) throws(Stop) -> Value? { try body.property(name) }
    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        try body.setProperty(name, to: value)
    }
    package override func isEqual(to other: Object) -> Bool {
        (other as? HostedObject).map { body.isEqual(to: $0.body) } ?? false
    }
}

extension Value {
    /// The hosted object's own value, if it is one of that type.
    package func hosted<Body: HostedBody>(_ type: Body.Type = Body.self) -> Body? {
        (asObject as? HostedObject)?.body as? Body
    }
}
