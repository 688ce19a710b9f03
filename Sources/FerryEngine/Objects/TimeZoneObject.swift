package import Foundation

/// `System.TimeZoneInfo`.
package final class TimeZoneObject: HostedBody {
    package let zone: TimeZone

    package init(_ zone: TimeZone) { self.zone = zone }

    /// The computer's own.
    package static var local: TimeZoneObject { TimeZoneObject(.current) }

    /// By the name the database has for it, in any case; nil for one that is not in it.
    package static func named(_ id: String) -> TimeZoneObject? {
        let known = TimeZone.knownTimeZoneIdentifiers.first { $0.folded == id.folded }
        if known == nil, id.folded != "utc", id.folded != "etc/utc", id.folded != "gmt" { return nil }
        return TimeZone(identifier: known ?? id).map { TimeZoneObject($0) }
    }

    /// Every zone of the database, by their distance from UTC and then by name.
    package static var all: [TimeZoneObject] {
        var zones: [(zone: TimeZoneObject, offset: Int)] = []
        for name in TimeZone.knownTimeZoneIdentifiers.sorted() {
            guard let zone = TimeZone(identifier: name) else { continue }
            let object = TimeZoneObject(zone)
            zones.append((object, object.baseOffset))
        }
        zones.sort { $0.offset == $1.offset ? $0.zone.id < $1.zone.id : $0.offset < $1.offset }
        return zones.map(\.zone)
    }

    static let type = RuntimeType("System.TimeZoneInfo")
    package var typeName: RuntimeType { Self.type }
    package var isImmutable: Bool { true }
    package var text: String { displayName }
    package func isEqual(to other: any HostedBody) -> Bool { (other as? TimeZoneObject)?.zone == zone }

    package var id: String { zone.identifier == "GMT" ? "UTC" : zone.identifier }
    package var standardName: String { name(.standard) }
    package var daylightName: String { supportsDaylight ? name(.daylightSaving) : standardName }

    private static let english = Locale(identifier: "en_US")
    private var isUniversal: Bool {
        ["UTC", "Etc/UTC", "GMT", "Etc/UCT", "Zulu", "Etc/Zulu"].contains(zone.identifier)
    }

    private func name(_ style: NSTimeZone.NameStyle) -> String {
        isUniversal ? "Coordinated Universal Time" : zone.localizedName(for: style, locale: Self.english) ?? id
    }

    /// `(UTC-08:00) Pacific Time (Los Angeles)`
    package var displayName: String {
        if isUniversal { return "(UTC) Coordinated Universal Time" }
        let offset = baseOffset
        let distance = [abs(offset) / 3600, abs(offset) / 60 % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        let city = (id.split(separator: "/").last.map(String.init) ?? id).replacing("_", with: " ")
        let prefix = offset == 0 ? "(UTC)" : "(UTC\(offset < 0 ? "-" : "+")\(distance.joined(separator: ":")))"
        return "\(prefix) \(name(.generic)) (\(city))"
    }

    /// Seconds from UTC where no summer time is in force, as the zone has it this year.
    package var baseOffset: Int {
        let now = Date()
        return zone.secondsFromGMT(for: now) - Int(zone.daylightSavingTimeOffset(for: now))
    }

    private var supportsDaylight: Bool { zone.nextDaylightSavingTimeTransition != nil }

    package var propertyNames: [String] {
        [
            "Id", "HasIanaId", "DisplayName", "StandardName", "DaylightName", "BaseUtcOffset",
            "SupportsDaylightSavingTime",
        ]
    }

    package func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "id": .string(id)
        case "hasianaid": .bool(true)
        case "displayname": .string(displayName)
        case "standardname": .string(standardName)
        case "daylightname": .string(daylightName)
        case "baseutcoffset": .span(TimeSpan(ticks: Int64(baseOffset) * TimeSpan.ticksPerSecond))
        case "supportsdaylightsavingtime": .bool(supportsDaylight)
        default: nil
        }
    }

    /// What the zone's clocks are ahead of UTC at a time.
    package func offset(at date: DateTime) -> TimeSpan {
        let seconds = zone.secondsFromGMT(for: Date(timeIntervalSince1970: date.unixSeconds))
        return TimeSpan(ticks: Int64(seconds) * TimeSpan.ticksPerSecond)
    }
}
