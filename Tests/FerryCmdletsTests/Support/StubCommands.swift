import FerryCmdlets
import FerryContract
import FerryCore
import FerryEngine

/// Commands of the tests: what the hosts in memory were asked.
enum StubCommands {
    static let module = CommandModule("Stub", version: "1.0", commands: [GetHostRequest.self])

    /// Emits the requests that change something since the last look, one line each: `NODE2 moveMachine {"machine":…}`. Requests
    /// that only read are left out unless -All.
    struct GetHostRequest: Cmdlet {
        static let all = Parameter<Bool>.switch("All")
        static let signature = Signature("Get-HostRequest", parameters: [all])
        init() {}
        mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
            guard let hosts = io.runspace.service(HostDirectoryKey.self, as: StubHosts.self) else { return }
            for request in hosts.takeRequests() where call[Self.all] || request.operation.permission != .read {
                try io.emit(.string(request.text))
            }
        }
    }
}
