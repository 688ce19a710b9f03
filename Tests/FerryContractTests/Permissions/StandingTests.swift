import FerryContract
import FerryCore
import Testing

@Suite struct StandingTests {
    private static let all: [Standing] = [
        .administrator, .localUser(userID: 1000), .trustedHost(name: "NODE2"), .stranger,
    ]

    @Test(arguments: OperationID.allCases)
    func `who may do what`(operation: OperationID) {
        let allowed = Set(Self.all.filter { $0.allows(operation.permission) })
        let expected: Set<Standing> =
            switch operation {
            case .presentTrustToken: [.trustedHost(name: "NODE2"), .stranger]
            case .prepareMigration, .compareMigration, .abandonMigration, .migrationStatus,
                .witnessMigration:
                [.trustedHost(name: "NODE2")]
            default: [.administrator]
            }
        #expect(allowed == expected)
    }

    @Test func `a trusted host watches migration calls only, an administrator everything`() {
        func report(_ operation: OperationID) -> OperationReport {
            OperationReport(
                id: "x", operation: operation, target: nil, state: .running,
                progress: ProgressReport(generation: 1, activity: "", stage: "", percent: -1))
        }
        let host = Standing.trustedHost(name: "NODE2")
        #expect(!host.allows(report(.moveMachine).watchingPermission))
        #expect(!host.allows(report(.startMachine).watchingPermission))
        #expect(host.allows(report(.prepareMigration).watchingPermission))
        #expect(Standing.administrator.allows(report(.moveMachine).watchingPermission))
        #expect(!Standing.stranger.allows(report(.prepareMigration).watchingPermission))
    }

    @Test func `the refusal has Hyper-V's text and id`() {
        let failure = #expect(throws: Failure.self) { try Standing.localUser(userID: 1000).demand(.read, on: "NODE1") }
        #expect(
            failure?.message.hasPrefix("You do not have the required permission to complete this task. ") == true)
        #expect(failure?.message.contains("'NODE1'") == true)
        #expect(failure?.errorID == "AccessDenied")
        #expect(failure?.category == .permissionDenied)
    }
}
