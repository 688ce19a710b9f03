import FerryCore
import FerryEngine

/// One call of the server's script to the client's host. Source: MS-PSRP section 2.2.3.17 and the table of methods there.
struct HostCall {
    enum Method: Int {
        case setShouldExit = 6
        case readLine = 11
        case readLineAsSecureString = 12
        case write = 13
        case writeColored = 14
        case writeNewLine = 15
        case writeLine = 16
        case writeColoredLine = 17
        case writeErrorLine = 18
        case writeDebugLine = 19
        case writeProgress = 20
        case writeVerboseLine = 21
        case writeWarningLine = 22
        case prompt = 23
        case promptForCredential = 24
        case promptForCredentialWithOptions = 25
        case promptForChoice = 26

        var name: String {
            switch self {
            case .setShouldExit: "SetShouldExit"
            case .readLine: "ReadLine"
            case .readLineAsSecureString: "ReadLineAsSecureString"
            case .write: "Write1"
            case .writeColored: "Write2"
            case .writeNewLine: "WriteLine1"
            case .writeLine: "WriteLine2"
            case .writeColoredLine: "WriteLine3"
            case .writeErrorLine: "WriteErrorLine"
            case .writeDebugLine: "WriteDebugLine"
            case .writeProgress: "WriteProgress"
            case .writeVerboseLine: "WriteVerboseLine"
            case .writeWarningLine: "WriteWarningLine"
            case .prompt: "Prompt"
            case .promptForCredential: "PromptForCredential1"
            case .promptForCredentialWithOptions: "PromptForCredential2"
            case .promptForChoice: "PromptForChoice"
            }
        }
    }

    /// Of calls that want no answer.
    static let voidID: Int64 = -100

    var id: Int64
    /// `nil`: a method this side does not have.
    var method: Method?
    var number: Int
    var arguments: [Value]

    var wantsAnswer: Bool { id != Self.voidID }

    static func body(id: Int64, _ method: Method, _ arguments: [Value]) -> String {
        CLIXMLWriter.message([
            ("ci", .long(id)),
            ("mi", MessageBody.symbol("Remoting.RemoteHostMethodId", method.name, Int64(method.rawValue))),
            ("mp", .list(ListObject(arguments, kind: .arrayList))),
        ])
    }

    /// - Throws: `malformedMessage`, `malformedDocument`.
    init(body: [UInt8]) throws(Failure) {
        let value = try CLIXMLReader.value(body)
        guard case .number(let id)? = MessageBody.property("ci", of: value), let whole = id.asInt64,
            let number = MessageBody.whole("mi", of: value)
        else { throw Failure(RemotingFault.malformedMessage, "Remoting data is missing CallId property.") }
        self.id = whole
        self.number = number
        method = Method(rawValue: number)
        arguments = MessageBody.property("mp", of: value)?.elements ?? []
    }

    func answer(_ value: Value) -> String {
        CLIXMLWriter.message([("ci", .long(id)), ("mi", symbol), ("mr", value)])
    }

    func answer(failure: ErrorRecord) -> String {
        CLIXMLWriter.message([
            ("ci", .long(id)), ("mi", symbol), ("me", .object(CustomObject(MessageBody.properties(of: failure)))),
        ])
    }

    private var symbol: Value {
        MessageBody.symbol("Remoting.RemoteHostMethodId", method?.name ?? String(number), Int64(number))
    }
}
