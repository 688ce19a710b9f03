import FerryEngine

/// Reports a non-terminating error.
struct WriteError: Cmdlet {
    static let message = Parameter<String>(
        "Message", aliases: ["Msg"], position: 0, mandatory: true, pipeline: .byValue
    ).allowing([.null, .emptyString])
    static let exception = Parameter<Value>(
        "Exception", position: 0, mandatory: true, type: .exception)
    static let record = Parameter<Value>(
        "ErrorRecord", position: 0, mandatory: true, type: .errorRecord)
    static let category = Parameter<ErrorCategory>("Category")
    static let errorID = Parameter<String>("ErrorId")
    static let target = Parameter<Value>("TargetObject")
    static let action = Parameter<String>("RecommendedAction")
    static let activity = Parameter<String>("CategoryActivity", aliases: ["Activity"])
    static let reason = Parameter<String>("CategoryReason", aliases: ["Reason"])
    static let targetName = Parameter<String>("CategoryTargetName", aliases: ["TargetName"])
    static let targetType = Parameter<String>("CategoryTargetType", aliases: ["TargetType"])

    static let signature = Signature(
        "Write-Error", typeName: "Microsoft.PowerShell.Commands.WriteErrorCommand", defaultSet: "NoException",
        parameters: [action, activity, reason, targetName, targetType],
        sets: [
            ParameterSet("NoException", [message, category, errorID, target]),
            ParameterSet(
                "WithException", [exception, message.mandatory(false).at(nil).from([]), category, errorID, target]),
            ParameterSet("ErrorRecord", [record]),
        ])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let record: ErrorRecord
        if call.isBound(Self.record), let given = call[Self.record].asObject as? ErrorRecord {
            record = given
        } else {
            let given = call[Self.exception].asObject as? ExceptionObject
            let exception =
                given ?? ExceptionObject("Microsoft.PowerShell.Commands.WriteErrorException", call[Self.message])
            record = ErrorRecord(
                exception,
                errorID: call.isBound(Self.errorID)
                    ? call[Self.errorID]
                    : given.map(\.exceptionType.fullName) ?? "Microsoft.PowerShell.Commands.WriteErrorException",
                category: call.isBound(Self.category) ? call[Self.category] : .notSpecified,
                target: call.isBound(Self.target) ? call[Self.target] : .null)
            if given != nil, call.isBound(Self.message) { record.detailsMessage = call[Self.message] }
        }
        if call.isBound(Self.action) { record.recommendedAction = call[Self.action] }
        if call.isBound(Self.activity) { record.activity = call[Self.activity] }
        if call.isBound(Self.reason) { record.reason = call[Self.reason] }
        if call.isBound(Self.targetName) { record.targetName = call[Self.targetName] }
        if call.isBound(Self.targetType) { record.targetType = call[Self.targetType] }
        // The error is the function's or the script's that says it: its name, and for a function the place it was called.
        if !call.isBound(Self.record) {
            record.commandTypeName = io.callingName
            record.invocation = io.callingFunction
        }
        try io.report(record)
    }
}
