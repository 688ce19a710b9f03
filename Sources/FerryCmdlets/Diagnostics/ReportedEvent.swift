import FerryContract
import FerryCore
package import FerryEngine

/// An event as one host reported it.
package struct ReportedEvent: Noun {
    let report: EventReport

    package static let nounType = NounType<ReportedEvent>(
        "System.Diagnostics.Eventing.Reader.EventLogRecord",
        bases: ["System.Diagnostics.Eventing.Reader.EventRecord"],
        properties: [
            .init("TimeCreated", .dateTime) { .date(DateTime(unixSeconds: $0.report.time).local) },
            .init("ProviderName", .string) { _ in .string(EventReport.provider) },
            .init("Id", .int32) { .count($0.report.id) },
            .init("Level", .int32) { .count($0.report.level.number) },
            .init("LevelDisplayName", .string) { .string($0.report.level.rawValue) },
            .init("Message", .string) { .string($0.report.message) },
            .init("LogName", .string) { _ in .string(EventReport.log) },
            .init("MachineName", .string) { .string($0.report.machineName) },
            .init("RecordId", .int64) { .long(Int64(clamping: $0.report.record)) },
            .init("Properties", .array(of: EventValue.nounType.name)) { event in
                .array(event.report.properties.map { EventValue(property: $0).value })
            },
        ])
}

/// One of the values an event's message was made of.
package struct EventValue: Noun {
    let property: EventProperty

    package static let nounType = NounType<EventValue>(
        "System.Diagnostics.Eventing.Reader.EventProperty",
        properties: [
            .init("Value", .object) { value in
                switch value.property {
                case .text(let text): .string(text)
                case .number(let number): .double(number)
                }
            }
        ])
}
