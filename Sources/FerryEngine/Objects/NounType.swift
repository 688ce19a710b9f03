/// A Swift value that travels through pipelines as a typed .NET-like object: `Get-VM`'s machines, hosts, networks.
///
/// The payload is a snapshot; the object reads its properties through the `NounType`.
package protocol Noun: Sendable, ParameterValue {
    static var nounType: NounType<Self> { get }
}

/// The type of a noun's objects: names, properties in display order, and what formatting and `ToString()` show.
///
/// ```swift
/// extension MachineReport: @retroactive Noun {
///     static let nounType = NounType<MachineReport>(
///         "Microsoft.HyperV.PowerShell.VirtualMachine", bases: ["Microsoft.HyperV.PowerShell.VMObject"],
///         text: { "VirtualMachine (Name = '\($0.name)')" },
///         properties: [
///             .init("Name", .string) { .string($0.name) },
///             .init("State", .init(enum: VMState.enumType)) { VMState($0.state).value },
///             .init("MemoryAssigned", .int64) { .long(Int64($0.memoryAssigned.bytes)) },
///             .alias("VMName", of: "Name"),
///         ],
///         display: ["Name", "State"])
/// }
/// ```
package final class NounType<Payload: Sendable>: Sendable {
    package struct Property: Sendable {
        package enum Body: Sendable {
            case read(@Sendable (Payload) -> Value)
            case alias(String)
        }
        package let name: String
        package let type: RuntimeType
        package let body: Body

        package init(_ name: String, _ type: RuntimeType, _ read: @escaping @Sendable (Payload) -> Value) {
            self.name = name
            self.type = type
            body = .read(read)
        }

        private init(alias name: String, of other: String) {
            self.name = name
            type = .object
            body = .alias(other)
        }

        package static func alias(_ name: String, of other: String) -> Property { Property(alias: name, of: other) }
    }

    package let name: RuntimeType
    package let properties: [Property]
    /// `DefaultDisplayPropertySet`: what a list or table without a view shows. Empty: all.
    package let display: [String]
    package let text: (@Sendable (Payload) -> String)?
    fileprivate let index: [String: Int]

    package init(
        _ fullName: String, bases: [String] = [], text: (@Sendable (Payload) -> String)? = nil, properties: [Property],
        display: [String] = []
    ) {
        name = RuntimeType(fullName, bases: bases + ["System.Object"])
        self.properties = properties
        self.display = display
        self.text = text
        index = Dictionary(
            properties.enumerated().map { ($1.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
        NounCatalog.register(fullName, properties.map { ($0.name, $0.type.shortName) })
    }

    fileprivate func read(_ name: String, of payload: Payload) -> Value? {
        guard let position = index[name.folded] else { return nil }
        switch properties[position].body {
        case .read(let body): return body(payload)
        case .alias(let other): return read(other, of: payload)
        }
    }
}

/// What formatting, `Get-Member` and the binder may ask of a noun object without knowing its payload.
package class AnyNounObject: Object {
    /// Name, type and, for alias properties, the name they stand for.
    package var propertyDescriptions: [(name: String, type: RuntimeType, alias: String?)] { [] }
    package var displayProperties: [String] { [] }
    package var anyPayload: any Sendable { () }
    /// Another object of the same payload.
    func duplicate() -> AnyNounObject { self }
}

/// One object of a noun type.
package final class NounObject<Payload: Sendable>: AnyNounObject {
    package let type: NounType<Payload>
    package let payload: Payload

    package init(_ payload: Payload, type: NounType<Payload>) {
        self.payload = payload
        self.type = type
    }

    package override var typeName: RuntimeType { type.name }
    package override var anyPayload: any Sendable { payload }
    override func duplicate() -> AnyNounObject { NounObject(payload, type: type) }
    package override var displayProperties: [String] { type.display }
    package override var propertyNames: [String] { type.properties.map(\.name) }
    package override func property(_ name: String) throws(Stop) -> Value? { type.read(name, of: payload) }
    package override var text: String { type.text?(payload) ?? type.name.fullName }
    package override var propertyDescriptions: [(name: String, type: RuntimeType, alias: String?)] {
        type.properties.map { property in
            if case .alias(let other) = property.body {
                (property.name, property.type, other)
            } else {
                (property.name, property.type, nil)
            }
        }
    }
}

extension Noun {
    /// The object scripts see.
    package var value: Value { .object(NounObject(self, type: Self.nounType)) }
}
