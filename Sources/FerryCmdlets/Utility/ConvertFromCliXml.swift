import FerryCore
import FerryEngine
import FerryRemoting

/// The objects that a CLIXML text holds.
struct ConvertFromCliXml: Cmdlet {
    static let input = Parameter<String>("InputObject", position: 0, mandatory: true, pipeline: .byValue)
    static let signature = Signature(
        "ConvertFrom-CliXml", typeName: "Microsoft.PowerShell.Commands.ConvertFromClixmlCommand",
        parameters: [input])

    private var text = ""

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) { text += call[Self.input] }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        for value in try io.clixml(Array(text.utf8)) { try io.emit(value) }
    }
}

extension CommandIO {
    /// The objects of a CLIXML document, with PowerShell's errors for what is none.
    func clixml(_ bytes: [UInt8]) throws(Stop) -> [Value] {
        do throws(Failure) {
            return try CLIXMLReader.document(bytes)
        } catch {
            let isSecret = error.is(RemotingFault.secretUnreadable)
            throw failing(
                isSecret ? "System.PlatformNotSupportedException" : "System.Xml.XmlException",
                isSecret ? .notImplemented : .notSpecified, error.message,
                exception: isSecret ? "System.PlatformNotSupportedException" : "System.Xml.XmlException")
        }
    }
}
