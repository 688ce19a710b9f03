import FerryCore

/// What comes from another shell is written to the stream it was written to there.
extension NativeStage {
    func deliver(_ records: [ExchangedRecord], fromErrors: Bool) throws(Stop) {
        for record in records {
            switch record {
            case .line(let line):
                if fromErrors { try writeError(line) } else { try request.output.write(.string(line)) }
            case .record(let record): try deliver(record)
            }
        }
    }

    private func deliver(_ record: JobRecord) throws(Stop) {
        let frame = request.frame
        func preference(_ symbol: Symbol, _ fallback: ActionPreference) -> ActionPreference {
            frame.scope.value(of: symbol).flatMap { ActionPreference($0) } ?? fallback
        }
        switch record {
        case .output(let parcel): try request.output.write(parcel.open())
        case .error(let parcel):
            guard let record = parcel.open().asObject as? ErrorRecord else { return }
            record.invocation = request.invocation
            // A program's own lines end nothing, whatever the preference.
            if record.fullyQualifiedErrorID.hasPrefix("NativeCommandError") {
                guard let sink = frame.streams.error else {
                    return runspace.host.writeErrorLine(record.message)
                }
                return try sink.write(.object(record))
            }
            switch preference(.errorActionPreference, .continue) {
            case .ignore: return
            case .silentlyContinue: runspace.record(record)
            case .stop:
                record.forcesStop = true
                runspace.record(record)
                throw .error(record)
            case .continue, .inquire, .suspend, .break: runspace.report(record, frame)
            }
        case .warning(let text):
            try runspace.message(
                text, .warning, action: preference(.warningPreference, .continue), frame: frame, collector: nil)
        case .verbose(let text):
            try runspace.message(
                text, .verbose, action: preference(.verbosePreference, .silentlyContinue), frame: frame, collector: nil)
        case .debug(let text):
            try runspace.message(
                text, .debug, action: preference(.debugPreference, .silentlyContinue), frame: frame, collector: nil)
        case .information(let parcel):
            guard let record = parcel.open().asObject as? InformationRecord else { return }
            try runspace.inform(
                record, action: preference(.informationPreference, .silentlyContinue), frame: frame, collector: nil)
        case .progress(let record):
            if preference(.progressPreference, .continue) == .continue { runspace.host.writeProgress(record) }
        }
    }
}
