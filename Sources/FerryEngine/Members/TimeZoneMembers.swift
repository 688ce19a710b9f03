import Foundation

/// `[TimeZoneInfo]`.
enum TimeZoneMembers {
    static let tables: [TypeMembers] = [
        TypeMembers(TimeZoneObject.type.fullName) {
            $0.constant("Local", TimeZoneObject.type) { TimeZoneObject.local.value }
            $0.constant("Utc", TimeZoneObject.type) {
                TimeZone(identifier: "UTC").map { TimeZoneObject($0).value } ?? .null
            }
            $0.staticMethod(
                "GetSystemTimeZones",
                "static System.Collections.ObjectModel.ReadOnlyCollection[System.TimeZoneInfo] GetSystemTimeZones()",
                0...1
            ) { _ throws(Stop) in
                .array(ArrayObject(TimeZoneObject.all.map(\.value)))
            }
            $0.staticMethod(
                "FindSystemTimeZoneById", "static System.TimeZoneInfo FindSystemTimeZoneById(string id)", 1...1
            ) { call throws(Stop) in
                try zone(call, named: try call.string(0)).value
            }
            $0.staticMethod(
                "ConvertTimeBySystemTimeZoneId",
                "static datetime ConvertTimeBySystemTimeZoneId(datetime dateTime, string destinationTimeZoneId)", 2...2
            ) { call throws(Stop) in
                try convert(try date(call, 0), to: try zone(call, named: try call.string(1)))
            }
            $0.staticMethod(
                "ConvertTime",
                "static datetime ConvertTime(datetime dateTime, System.TimeZoneInfo destinationTimeZone)",
                2...2
            ) { call throws(Stop) in
                try convert(try date(call, 0), to: try zone(call, 1))
            }
            $0.staticMethod(
                "ConvertTimeFromUtc",
                "static datetime ConvertTimeFromUtc(datetime dateTime, System.TimeZoneInfo destinationTimeZone)", 2...2
            ) { call throws(Stop) in
                var time = try date(call, 0)
                time.kind = .utc
                return try convert(time, to: try zone(call, 1))
            }
            $0.staticMethod(
                "ConvertTimeToUtc",
                "static datetime ConvertTimeToUtc(datetime dateTime, System.TimeZoneInfo sourceTimeZone)", 1...2
            ) { call throws(Stop) in
                var time = try date(call, 0)
                guard call.count > 1 else {
                    if time.kind == .unspecified { time.kind = .local }
                    return .date(time.universal)
                }
                // The clock of the zone: what it is ahead of UTC is taken as at that time of UTC, and once more there.
                let zone = try zone(call, 1)
                time.kind = .utc
                let first = moved(time, by: -zone.offset(at: time).ticks)
                return .date(moved(time, by: -zone.offset(at: first).ticks))
            }
            $0.method("GetUtcOffset", "timespan GetUtcOffset(datetime dateTime)", 1...1) { call throws(Stop) in
                guard let zone = call.target.hosted(TimeZoneObject.self) else { throw call.noOverload() }
                return .span(zone.offset(at: try date(call, 0)))
            }
            $0.method("IsDaylightSavingTime", "bool IsDaylightSavingTime(datetime dateTime)", 1...1) {
                call throws(Stop) in
                guard let zone = call.target.hosted(TimeZoneObject.self) else { throw call.noOverload() }
                let time = Date(timeIntervalSince1970: try date(call, 0).unixSeconds)
                return .bool(zone.zone.isDaylightSavingTime(for: time))
            }
        }
    ]

    private static func date(_ call: MethodCall, _ index: Int) throws(Stop) -> DateTime {
        guard case .date(let date) = try call.convert(index, .dateTime) else { throw call.noOverload() }
        return date
    }

    private static func zone(_ call: MethodCall, _ index: Int) throws(Stop) -> TimeZoneObject {
        guard let zone = call.arguments[index].hosted(TimeZoneObject.self) else { throw call.noOverload() }
        return zone
    }

    private static func zone(_ call: MethodCall, named id: String) throws(Stop) -> TimeZoneObject {
        guard let zone = TimeZoneObject.named(id) else {
            throw call.failed(
                "System.TimeZoneNotFoundException", "The time zone ID '\(id)' was not found on the local computer.")
        }
        return zone
    }

    private static func convert(_ time: DateTime, to zone: TimeZoneObject) throws(Stop) -> Value {
        var from = time
        if from.kind == .unspecified { from.kind = .local }
        var shown = moved(from.universal, by: zone.offset(at: from).ticks)
        shown.kind = zone.id == "UTC" ? .utc : zone.zone == .current ? .local : .unspecified
        return .date(shown)
    }

    /// Times outside of the calendar stay at its ends.
    private static func moved(_ time: DateTime, by ticks: Int64) -> DateTime {
        DateTime(ticks: min(max(0, time.ticks + ticks), DateTime.maximumTicks), kind: time.kind)
    }
}
