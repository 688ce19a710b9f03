/// One update of a progress display (`Write-Progress`).
package struct ProgressRecord: Sendable {
    package var activityID: Int
    package var parentActivityID: Int
    package var activity: String
    package var status: String
    package var currentOperation: String
    /// 0–100, or −1 when unknown.
    package var percentComplete: Int
    /// −1 when unknown.
    package var secondsRemaining: Int
    package var isCompleted: Bool

    package init(
        activityID: Int = 0, parentActivityID: Int = -1, activity: String, status: String = "Processing",
        currentOperation: String = "", percentComplete: Int = -1, secondsRemaining: Int = -1, isCompleted: Bool = false
    ) {
        self.activityID = activityID
        self.parentActivityID = parentActivityID
        self.activity = activity
        self.status = status
        self.currentOperation = currentOperation
        self.percentComplete = percentComplete
        self.secondsRemaining = secondsRemaining
        self.isCompleted = isCompleted
    }
}
