/// A value as .NET's `Equals` and `GetHashCode` tell it from others: by type and content, strings ordinally, collections and custom
/// objects by identity.
package struct ValueIdentity: Hashable {
    private let value: Value

    package init(_ value: Value) { self.value = value.plain }

    package static func == (left: Self, right: Self) -> Bool {
        switch (left.value, right.value) {
        case (.null, .null), (.null, .nothing), (.nothing, .null), (.nothing, .nothing): return true
        case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
        case (.number(let a), .number(let b)):
            guard a.kind == b.kind else { return false }
            // NaN equals itself here.
            if a.asDouble.isNaN { return b.asDouble.isNaN }
            return Arithmetic.compare(a, b) == 0
        case (.bool(let a), .bool(let b)): return a == b
        case (.char(let a), .char(let b)): return a == b
        case (.date(let a), .date(let b)): return a == b
        case (.span(let a), .span(let b)): return a == b
        case (.guid(let a), .guid(let b)): return a == b
        case (.version(let a), .version(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.symbol(let a), .symbol(let b)): return a.type.fullName == b.type.fullName && a.number == b.number
        case (.array(let a), .array(let b)): return a === b
        case (.list(let a), .list(let b)): return a === b
        case (.table(let a), .table(let b)): return a === b
        case (.object(let a), .object(let b)): return a === b || a.isEqual(to: b)
        default: return false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch value {
        case .null, .nothing: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        // Equal numbers of a kind have the same nearest double; NaNs are all alike.
        case .number(let number):
            hasher.combine(number.asDouble.isNaN ? Double.nan.bitPattern : (number.asDouble + 0).bitPattern)
        case .char(let unit): hasher.combine(unit)
        case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .date(let date): hasher.combine(date)
        case .span(let span): hasher.combine(span)
        case .symbol(let symbol): hasher.combine(symbol.number)
        case .guid, .version, .type: hasher.combine(value.scalarText)
        case .array(let array): hasher.combine(ObjectIdentifier(array))
        case .list(let list): hasher.combine(ObjectIdentifier(list))
        case .table(let table): hasher.combine(ObjectIdentifier(table))
        case .object(let object as CustomObject): hasher.combine(ObjectIdentifier(object))
        // What a subclass finds equal is shown equally.
        case .object(let object): hasher.combine(object.text)
        }
    }
}
