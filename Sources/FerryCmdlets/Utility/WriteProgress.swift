import FerryEngine

/// Shows how far something is.
struct WriteProgress: Cmdlet {
    static let activity = Parameter<String>("Activity", position: 0)
    static let status = Parameter<String>("Status", position: 1, validate: [.notNullOrEmpty])
    static let id = Parameter<Int>("Id", position: 2, validate: [.range(0, 2_147_483_647)])
    static let percent = Parameter<Int>("PercentComplete", validate: [.range(-1, 100)])
    static let seconds = Parameter<Int>("SecondsRemaining")
    static let operation = Parameter<String>("CurrentOperation")
    static let parent = Parameter<Int>("ParentId", validate: [.range(-1, 2_147_483_647)])
    static let completed = Parameter<Bool>.switch("Completed")
    static let source = Parameter<Int>("SourceId")

    static let signature = Signature(
        "Write-Progress", typeName: "Microsoft.PowerShell.Commands.WriteProgressCommand",
        parameters: [activity, status, id, percent, seconds, operation, parent, completed, source])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        var record = ProgressRecord(
            activityID: call[Self.id], activity: call[Self.activity],
            status: call.isBound(Self.status) ? call[Self.status] : "Processing")
        record.parentActivityID = call.isBound(Self.parent) ? call[Self.parent] : -1
        record.currentOperation = call[Self.operation]
        record.percentComplete = call.isBound(Self.percent) ? call[Self.percent] : -1
        record.secondsRemaining = call.isBound(Self.seconds) ? call[Self.seconds] : -1
        record.isCompleted = call[Self.completed]
        io.progress(record)
    }
}
