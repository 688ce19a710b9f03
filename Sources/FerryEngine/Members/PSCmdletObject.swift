/// `$PSCmdlet`: the running advanced function, as its script sees it.
package final class PSCmdletObject: Object {
    private let io: CommandIO

    init(_ io: CommandIO) { self.io = io }

    private static let type = RuntimeType(
        "System.Management.Automation.PSScriptCmdlet",
        bases: ["System.Management.Automation.PSCmdlet", "System.Object"])
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["ParameterSetName", "MyInvocation"] }

    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "parametersetname": .string(io.call.parameterSet)
        case "myinvocation": .object(InvocationObject(io.call.invocation))
        default: nil
        }
    }

    func invoke(_ name: String, _ arguments: [Value]) throws(Stop) -> Value? {
        func word(_ index: Int) -> String { arguments[index].display }
        switch (name.folded, arguments.count) {
        case ("shouldprocess", 1): return .bool(try io.confirms(nil, word(0)))
        case ("shouldprocess", 2): return .bool(try io.confirms(word(1), word(0)))
        case ("shouldprocess", 3):
            return .bool(
                try io.confirms(whatIf: "What if: " + word(0), query: word(1), verbose: word(0), caption: word(2)))
        case ("shouldcontinue", 2): return .bool(try io.asks(word(0), caption: word(1)))
        case ("throwterminatingerror", 1):
            guard let record = arguments[0].asObject as? ErrorRecord else { return nil }
            throw io.failing(record)
        case ("writeerror", 1):
            guard let record = arguments[0].asObject as? ErrorRecord else { return nil }
            try io.report(record)
            return .nothing
        case ("writewarning", 1): try io.warn(word(0))
        case ("writeverbose", 1): try io.verbose(word(0))
        case ("writedebug", 1): try io.debug(word(0))
        case ("writeobject", 1): try io.emit(arguments[0])
        case ("writeobject", 2):
            if arguments[1].isTrue { try io.emit(enumerating: arguments[0]) } else { try io.emit(arguments[0]) }
        default: return nil
        }
        return .nothing
    }
}
