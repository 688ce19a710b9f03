/// One object of one of a job's streams, in the order they were written.
package enum JobRecord: Sendable {
    case output(Parcel)
    /// An `ErrorRecord`.
    case error(Parcel)
    case warning(String)
    case verbose(String)
    case debug(String)
    /// An `InformationRecord`.
    case information(Parcel)
    case progress(ProgressRecord)
}

extension JobRecord {
    /// Writes the record to the running command's own streams: its preferences decide what is shown.
    package func write(to io: CommandIO) throws(Stop) {
        switch self {
        case .output(let parcel): try io.emit(parcel.open())
        case .error(let parcel):
            if let record = parcel.open().asObject as? ErrorRecord { try io.relay(record) }
        case .warning(let text): try io.warn(text)
        case .verbose(let text): try io.verbose(text)
        case .debug(let text): try io.debug(text)
        case .information(let parcel):
            guard let record = parcel.open().asObject as? InformationRecord else { return }
            try io.inform(
                record.message, tags: record.tags, foreground: record.foreground, background: record.background,
                newline: record.endsWithNewline)
        case .progress(let record): io.progress(record)
        }
    }

    /// Shows the record as a typed line's own would be; output goes to `sink`.
    package func show(in runspace: Runspace, _ sink: Sink) throws(Stop) {
        if case .output(let parcel) = self { return try sink.write(parcel.open()) }
        runspace.flushOutput()
        let host = runspace.host
        switch self {
        case .output: return
        case .error(let parcel):
            guard let record = parcel.open().asObject as? ErrorRecord else { return }
            runspace.record(record)
            runspace.lastSucceeded = false
            runspace.showError(record)
        case .warning(let text): host.writeWarning(text)
        case .verbose(let text): host.writeVerbose(text)
        case .debug(let text): host.writeDebug(text)
        case .information(let parcel):
            guard let record = parcel.open().asObject as? InformationRecord, record.tags.contains("PSHOST") else {
                return
            }
            let text = record.text + (record.endsWithNewline ? "\n" : "")
            if record.foreground == nil, record.background == nil { return host.write(text) }
            host.write(text, foreground: record.foreground, background: record.background)
        case .progress(let record): host.writeProgress(record)
        }
    }

    /// What `$job.Warning` and the like hold of it.
    package var value: Value {
        switch self {
        case .output(let parcel), .error(let parcel), .information(let parcel): parcel.open()
        case .warning(let text): .object(MessageRecord(.warning, text))
        case .verbose(let text): .object(MessageRecord(.verbose, text))
        case .debug(let text): .object(MessageRecord(.debug, text))
        case .progress(let record):
            .object(
                CustomObject(
                    [
                        ("ActivityId", .count(record.activityID)),
                        ("ParentActivityId", .count(record.parentActivityID)), ("Activity", .string(record.activity)),
                        ("StatusDescription", .string(record.status)),
                        ("CurrentOperation", .string(record.currentOperation)),
                        ("PercentComplete", .count(record.percentComplete)),
                        ("SecondsRemaining", .count(record.secondsRemaining)),
                        ("RecordType", .string(record.isCompleted ? "Completed" : "Processing")),
                    ], typeNames: ["System.Management.Automation.ProgressRecord"]))
        }
    }
}
