package import FerryContract
import FerryCore

/// Something that happened on this host and that an administrator may look for later.
package struct HostEvent: Sendable, Codable, Hashable {
    package typealias Level = EventLevel

    /// Counts up, over rotations and lives of ferryd as well.
    package var record: UInt64
    /// Unix time.
    package var time: Double
    package var id: Int
    package var level: Level
    /// Machine name, or nil for the host.
    package var target: String?
    package var message: String
    package var properties: [EventProperty]

    package init(
        record: UInt64, time: Double, id: EventID, level: Level, target: String?, message: String,
        properties: [EventProperty]
    ) {
        self.record = record
        self.time = time
        self.id = id.rawValue
        self.level = level
        self.target = target
        self.message = message
        self.properties = properties
    }

    private enum CodingKeys: String, CodingKey { case record, time, id, level, target, message, properties }

    /// Lines of a ferryd that did not number its events are read as well.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        record = try values.decodeIfPresent(UInt64.self, forKey: .record) ?? 0
        time = try values.decode(Double.self, forKey: .time)
        id = try values.decodeIfPresent(Int.self, forKey: .id) ?? EventID.failure.rawValue
        level = try values.decode(Level.self, forKey: .level)
        target = try values.decodeIfPresent(String.self, forKey: .target)
        message = try values.decode(String.self, forKey: .message)
        properties = try values.decodeIfPresent([EventProperty].self, forKey: .properties) ?? []
    }

    package func report(of host: String) -> EventReport {
        EventReport(
            record: record, time: time, id: id, level: level, machineName: host, target: target, message: message,
            properties: properties)
    }

    /// Whether `request` wants it. Its limit is not looked at.
    func matches(_ request: GetEventsRequest) -> Bool {
        (request.ids.isEmpty || request.ids.contains(id))
            && (request.levels.isEmpty || request.levels.contains(level))
            && time >= request.since ?? -.infinity && time <= request.until ?? .infinity
            && record < request.before ?? .max
    }
}
