/// Two whole numbers that name a part of a terminal: `System.Management.Automation.Host.Size` and `…Coordinates`.
package final class CellObject: Object {
    private let names: (String, String)
    private var values: (Int, Int)
    private let type: RuntimeType

    private static func valueType(_ name: String) -> RuntimeType {
        RuntimeType(
            "System.Management.Automation.Host." + name, bases: ["System.ValueType", "System.Object"])
    }
    private static let sizeType = valueType("Size")
    private static let placeType = valueType("Coordinates")

    init(width: Int, height: Int) {
        names = ("Width", "Height")
        values = (width, height)
        type = Self.sizeType
    }

    init(column: Int, row: Int) {
        names = ("X", "Y")
        values = (column, row)
        type = Self.placeType
    }

    package override var typeName: RuntimeType { type }
    package override var text: String { "\(values.0),\(values.1)" }
    package override var propertyNames: [String] { [names.0, names.1] }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case names.0.folded: .count(values.0)
        case names.1.folded: .count(values.1)
        default: nil
        }
    }

    package override func setProperty(_ name: String, to value: Value) throws(Stop) -> Bool {
        func number() throws(Stop) -> Int {
            guard case .number(let number) = try Conversion.convert(value, to: .int32) else { return 0 }
            return Int(number.asInt64 ?? 0)
        }
        switch name.folded {
        case names.0.folded: values.0 = try number()
        case names.1.folded: values.1 = try number()
        default: return false
        }
        return true
    }

    package override func isEqual(to other: Object) -> Bool {
        guard let other = other as? CellObject else { return false }
        return other.type.key == type.key && other.values == values
    }

    static let members = [
        TypeMembers(sizeType.fullName) {
            $0.make { call throws(Stop) in
                if call.count == 0 { return .object(CellObject(width: 0, height: 0)) }
                guard call.count == 2 else { throw call.noOverload() }
                return .object(CellObject(width: try call.int(0), height: try call.int(1)))
            }
        },
        TypeMembers(placeType.fullName) {
            $0.make { call throws(Stop) in
                if call.count == 0 { return .object(CellObject(column: 0, row: 0)) }
                guard call.count == 2 else { throw call.noOverload() }
                return .object(CellObject(column: try call.int(0), row: try call.int(1)))
            }
        },
    ]
}
