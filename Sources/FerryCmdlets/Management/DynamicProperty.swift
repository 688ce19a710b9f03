import FerryEngine

/// What the commands have in common that make, take away and move properties of items: no provider here has such properties.
enum DynamicProperty {
    static let path = Parameter<[String]>(
        "Path", position: 0, mandatory: true, pipeline: .byValueAndProperty, wildcards: true)
    static let literalPath = Parameter<[String]>(
        "LiteralPath", aliases: ["PSPath", "LP"], mandatory: true, pipeline: .byProperty)

    /// Says for each item that is there that it takes none.
    static func refuse(_ call: Call, _ io: CommandIO) throws(Stop) {
        let isLiteral = call.parameterSet == "LiteralPath"
        let filter = try ItemFilter(call, io)
        for text in isLiteral ? call[literalPath] : call[path] {
            guard let place = try io.checkedPath(text) else { continue }
            if place.isFile {
                guard try io.files([text], isLiteral: isLiteral).contains(where: filter.fits) else { continue }
            }
            throw io.failing(
                "NotSupported", .notImplemented,
                "Cannot use interface. The IDynamicPropertyCmdletProvider interface is not implemented by this provider.",
                exception: "System.Management.Automation.PSNotSupportedException")
        }
    }
}
