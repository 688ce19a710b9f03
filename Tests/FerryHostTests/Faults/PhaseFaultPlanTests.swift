import FerryCore
import FerryHost
import FerryTransfer
import Testing

@Suite struct PhaseFaultPlanTests {
    private func problems(_ text: String) throws -> [String] {
        PhaseFaultPlan.read(try JSONParser.parse(Array(text.utf8))).problems
    }

    @Test func `a plan is read as it was written, every phase and action of it`() throws {
        let actions: [PhaseFault.Action] = [
            .kill, .killHypervisor, .delay(.milliseconds(1500)), .cut(.seconds(3)), .blackHole(.seconds(8)),
        ]
        var faults: [PhaseFault] = []
        for phase in MigrationPhase.allCases {
            for side in phase.sides {
                for moment in PhasePoint.Moment.allCases {
                    faults.append(
                        PhaseFault(
                            actions[faults.count % actions.count], moment, phase, side: side,
                            occurrence: 1 + faults.count % 3))
                }
            }
        }
        for batch in stride(from: 0, to: faults.count, by: 50) {
            let plan = PhaseFaultPlan(Array(faults[batch..<min(batch + 50, faults.count)]))
            let (read, problems) = PhaseFaultPlan.read(try JSONParser.parse(Array(plan.serialized.utf8)))
            #expect(problems.isEmpty)
            #expect(read == plan)
        }
    }

    @Test(arguments: [
        ("{}", "a list of faults is expected"),
        ("[7]", "[0]: is not an object"),
        (
            #"[{"side":"left","phase":"cont","moment":"before","action":"kill"}]"#,
            #"[0].side: "left" is not one of source, target"#
        ),
        (#"[{"phase":"cont","moment":"before","action":"kill"}]"#, "[0].side: is missing"),
        (#"[{"side":"target","phase":"cont","moment":"before"}]"#, "[0].action: is missing"),
        (
            #"[{"side":"target","phase":"cont","moment":"during","action":"kill"}]"#,
            #"[0].moment: "during" is not one of before, after"#
        ),
        (
            #"[{"side":"source","phase":"cont","moment":"before","action":"kill"}]"#,
            "[0].side: cont does not happen at the source"
        ),
        (
            #"[{"side":"target","phase":"cont","moment":"before","action":"kill","nth":0}]"#,
            "[0].nth: 0 is not a number from 1 on"
        ),
        (
            #"[{"side":"target","phase":"cont","moment":"before","action":"kill","seconds":1}]"#,
            "[0].seconds: kill takes no time"
        ),
        (#"[{"side":"target","phase":"cont","moment":"before","action":"delay"}]"#, "[0].seconds: is missing"),
        (
            #"[{"side":"target","phase":"cont","moment":"before","action":"cut","seconds":-1}]"#,
            "[0].seconds: -1 is not a number above 0 and at most 600"
        ),
        (
            #"[{"side":"target","phase":"cont","moment":"before","action":"cut","seconds":1e9}]"#,
            "[0].seconds: 1000000000.0 is not a number above 0 and at most 600"
        ),
        (
            #"[{"side":"source","phase":"freeze","moment":"before","action":"killStorageDaemon"}]"#,
            "[0].action: the source has no storage daemon"
        ),
        (
            #"[{"side":"target","phase":"cont","moment":"before","action":"kill","Nth":2}]"#, "[0].Nth: unknown key"
        ),
    ])
    func `a bad value is refused with its place`(_ text: String, _ problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    @Test func `every problem is told, not the first alone`() throws {
        let text = #"[{"side":"left","phase":"fly","moment":"before","action":"kill"}, 7]"#
        let found = try problems(text)
        #expect(found.count == 3)
        #expect(found[1].hasPrefix(#"[0].phase: "fly" is not one of connect, signIn, prepare, "#))
    }

    @Test func `a plan of more faults than anyone can mean is refused`() throws {
        #expect(try problems("[\(Array(repeating: "7", count: 101).joined(separator: ","))]").count == 1)
    }
}
