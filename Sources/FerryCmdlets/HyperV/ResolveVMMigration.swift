import FerryContract
import FerryCore
import FerryEngine

/// Shows both hosts' records of a move in doubt, or settles it: the machine is kept on the asked host, or given away.
struct ResolveVMMigration: Cmdlet {
    static let keep = Parameter<Bool>.switch("KeepHere")
    static let give = Parameter<Bool>.switch("GiveAway")
    static let passthru = Parameter<Bool>.switch("Passthru")

    static let signature = Signature(
        "Resolve-VMMigration", shouldProcess: .high, defaultSet: "Name",
        outputs: [ReportedRecords.nounType.name, ReportedMigration.nounType.name], parameters: [keep, give, passthru],
        sets: MigrationSelection.sets)

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !(call[Self.keep] && call[Self.give]) else {
            throw io.failing(
                Failure(
                    CmdletFault.ambiguousChoice,
                    "-KeepHere and -GiveAway cannot be used together: the virtual machine is on one host only."))
        }
        let choice: MigrationChoice? = call[Self.keep] ? .keepHere : call[Self.give] ? .giveAway : nil
        for chosen in try MigrationSelection.chosen(by: call, io) {
            let move = chosen.migration.report
            let target = chosen.migration.value
            guard
                let records = try io.send(
                    GetMigrationRecordsRequest(migration: move.id), to: chosen.host, target: target)
            else { continue }
            guard let choice else {
                try io.emit(ReportedRecords(report: records, computerName: chosen.migration.computerName))
                continue
            }
            let verb = choice == .keepHere ? "keep" : "give away"
            let sentence =
                "Resolve-VMMigration will \(verb) the virtual machine \"\(move.machineName)\" on \"\(chosen.migration.computerName)\". \(records.choice(choice).meaning)"
            // What the records exclude is the host's to refuse, and not worth a question.
            if records.choice(choice).isPossible {
                guard try io.confirms(whatIf: "What if: " + sentence, query: sentence, verbose: sentence) else {
                    continue
                }
            }
            let request = ResolveMigrationRequest(migration: move.id, choice: choice)
            if let settled = try io.follow(request, on: chosen.host, target: target), call[Self.passthru] {
                try io.emit(ReportedMigration(report: settled, computerName: chosen.migration.computerName))
            }
        }
    }
}
