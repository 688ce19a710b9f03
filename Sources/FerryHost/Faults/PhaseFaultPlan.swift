import FerryCore
import FerryTransfer

/// What a test wants to go wrong in one life of ferryd: the file of `--fault-plan`.
///
/// ```json
/// [ { "side": "source", "phase": "released", "moment": "after", "action": "kill" },
///   { "side": "target", "phase": "firstRound", "moment": "before", "nth": 2, "action": "cut", "seconds": 3 } ]
/// ```
package struct PhaseFaultPlan: Sendable, Hashable {
    package var faults: [PhaseFault]

    package init(_ faults: [PhaseFault]) { self.faults = faults }

    private static let faultsLimit = 100
    private static let secondsLimit = 600.0
    private static let occurrenceLimit: Int64 = 100_000

    /// The plan, and what is wrong with the document, each with its place in it. With problems the plan is of no use.
    package static func read(_ document: JSONValue) -> (plan: PhaseFaultPlan, problems: [String]) {
        guard let elements = document.elements else { return (PhaseFaultPlan([]), ["a list of faults is expected"]) }
        guard elements.count <= faultsLimit else {
            return (PhaseFaultPlan([]), ["it has \(elements.count) faults, more than \(faultsLimit)"])
        }
        var problems: [String] = []
        var faults: [PhaseFault] = []
        for (index, element) in elements.enumerated() {
            var reader = Reader(place: "[\(index)]")
            if let fault = reader.fault(element) { faults.append(fault) }
            problems += reader.problems
        }
        return (PhaseFaultPlan(faults), problems)
    }

    /// The text of the file that `read` takes.
    package var serialized: String {
        JSONValue.array(
            faults.map { fault in
                var members: [String: JSONValue] = [
                    "side": .string(fault.side.rawValue), "phase": .string(fault.phase.rawValue),
                    "moment": .string(fault.moment.rawValue), "nth": .integer(Int64(fault.occurrence)),
                ]
                switch fault.action {
                case .kill: members["action"] = "kill"
                case .killHypervisor: members["action"] = "killHypervisor"
                case .killStorageDaemon: members["action"] = "killStorageDaemon"
                case .delay(let time): (members["action"], members["seconds"]) = ("delay", .number(time.inSeconds))
                case .cut(let time): (members["action"], members["seconds"]) = ("cut", .number(time.inSeconds))
                case .blackHole(let time):
                    (members["action"], members["seconds"]) = ("blackHole", .number(time.inSeconds))
                }
                return .object(members)
            }
        ).serialized
    }

    private struct Reader {
        let place: String
        var problems: [String] = []

        private static let keys = ["side", "phase", "moment", "nth", "action", "seconds"]
        private static let instant = ["kill", "killHypervisor", "killStorageDaemon"]
        private static let lasting = ["delay", "cut", "blackHole"]

        init(place: String) { self.place = place }

        mutating func fault(_ element: JSONValue) -> PhaseFault? {
            guard let members = element.members else {
                problems.append("\(place): is not an object")
                return nil
            }
            for key in members.keys.sorted() where !Self.keys.contains(key) {
                problems.append("\(place).\(key): unknown key")
            }
            let side = word(members, "side", OwnershipSide.allCases.map(\.rawValue)).flatMap(OwnershipSide.init)
            let phase = word(members, "phase", MigrationPhase.allCases.map(\.rawValue)).flatMap(MigrationPhase.init)
            let moment = word(members, "moment", PhasePoint.Moment.allCases.map(\.rawValue))
                .flatMap(PhasePoint.Moment.init)
            let occurrence = occurrence(members)
            let action = action(members)
            if let side, let phase, !phase.sides.contains(side) {
                problems.append("\(place).side: \(phase.rawValue) does not happen at the \(side.rawValue)")
            }
            if side == .source, action == .killStorageDaemon {
                problems.append("\(place).action: the source has no storage daemon")
            }
            guard problems.isEmpty, let side, let phase, let moment, let occurrence, let action else { return nil }
            return PhaseFault(action, moment, phase, side: side, occurrence: occurrence)
        }

        private mutating func word(_ members: [String: JSONValue], _ key: String, _ words: [String]) -> String? {
            guard let value = members[key] else {
                problems.append("\(place).\(key): is missing")
                return nil
            }
            guard let text = value.text, words.contains(text) else {
                problems.append(
                    "\(place).\(key): \(value.serialized.prefix(100)) is not one of \(words.joined(separator: ", "))")
                return nil
            }
            return text
        }

        private mutating func occurrence(_ members: [String: JSONValue]) -> Int? {
            guard let value = members["nth"] else { return 1 }
            guard let number = value.integer, (1...PhaseFaultPlan.occurrenceLimit).contains(number) else {
                problems.append("\(place).nth: \(value.serialized.prefix(100)) is not a number from 1 on")
                return nil
            }
            return Int(number)
        }

        private mutating func action(_ members: [String: JSONValue]) -> PhaseFault.Action? {
            guard let action = word(members, "action", Self.instant + Self.lasting) else { return nil }
            guard Self.lasting.contains(action) else {
                if members["seconds"] != nil { problems.append("\(place).seconds: \(action) takes no time") }
                return action == "kill" ? .kill : action == "killHypervisor" ? .killHypervisor : .killStorageDaemon
            }
            guard let value = members["seconds"] else {
                problems.append("\(place).seconds: is missing")
                return nil
            }
            guard let seconds = value.double, seconds > 0, seconds <= PhaseFaultPlan.secondsLimit else {
                problems.append(
                    "\(place).seconds: \(value.serialized.prefix(100)) is not a number above 0 and at most "
                        + "\(Int(PhaseFaultPlan.secondsLimit))")
                return nil
            }
            let time = Duration.milliseconds(Int64(max(1, seconds * 1000)))
            return action == "delay" ? .delay(time) : action == "cut" ? .cut(time) : .blackHole(time)
        }
    }
}
