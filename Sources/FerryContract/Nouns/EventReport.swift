/// How much an event matters, by PowerShell's names and numbers.
package enum EventLevel: String, Sendable, Codable, CaseIterable {
    case error = "Error"
    case warning = "Warning"
    case information = "Information"

    /// Of `Level` in `Get-WinEvent`.
    package var number: Int {
        switch self {
        case .error: 2
        case .warning: 3
        case .information: 4
        }
    }
}

/// One of the values an event's message was made of, in the order of `Properties`.
package enum EventProperty: Sendable, Codable, Hashable {
    case text(String)
    case number(Double)
}

/// Something that happened on a host: what `Get-WinEvent` shows.
package struct EventReport: Sendable, Codable, Hashable {
    /// Counts up within the host's log.
    package var record: UInt64
    /// Unix time.
    package var time: Double
    /// Hyper-V's number where it has one.
    package var id: Int
    package var level: EventLevel
    package var machineName: String
    /// Machine or other object it is about; nil for the host.
    package var target: String?
    package var message: String
    package var properties: [EventProperty]

    /// Where Hyper-V's management service writes, and under which name.
    package static let log = "Microsoft-Windows-Hyper-V-VMMS-Admin"
    package static let provider = "Microsoft-Windows-Hyper-V-VMMS"

    package init(
        record: UInt64, time: Double, id: Int, level: EventLevel, machineName: String, target: String?,
        message: String, properties: [EventProperty]
    ) {
        self.record = record
        self.time = time
        self.id = id
        self.level = level
        self.machineName = machineName
        self.target = target
        self.message = message
        self.properties = properties
    }
}
