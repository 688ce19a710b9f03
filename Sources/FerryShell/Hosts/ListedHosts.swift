import FerryCmdlets
import FerryContract
import FerryCore
import FerryHTTP

/// Connections to the hosts of ferry's list.
struct ListedHosts: HostDirectory {
    private let list: HostList

    init(_ list: HostList) { self.list = list }

    var names: [String] { list.entries.map(\.name) }

    func connection(to name: String) throws(Failure) -> any HostConnection {
        let entry = try list.entry(named: name)
        return HTTPHostConnection(hostName: entry.name, address: .socket(path: entry.socket))
    }
}

/// Stands in for a list that could not be read: the prompt and local scripts work, commands that need a host say why not.
struct UnreadableHosts: HostDirectory {
    let failure: Failure
    var names: [String] { [] }

    func connection(to name: String) throws(Failure) -> any HostConnection { throw failure }
}
