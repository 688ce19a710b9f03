extension DateTime {
    /// As it is shown when nobody formats it: the long date and time, or the part of them that was asked for.
    var displayed: String {
        switch displayHint {
        case .date: DateFormat.text(self, "D")
        case .time: DateFormat.text(self, "T")
        case .dateTime, nil: DateFormat.text(self, "F")
        }
    }
}
