/// The compiled commands of a runspace. Each is made when it is asked for first: a shell that starts knows some hundred and fifty,
/// with all their parameters, and runs few of them.
///
/// They are found by their types' names, which are the commands' without the hyphen; `CommandNameTests` holds them to it.
struct CommandTable {
    private struct Place {
        let type: any Cmdlet.Type
        let moduleName: String
        let moduleVersion: String
        var command: CmdletCommand?

        mutating func made() -> CmdletCommand {
            if let command { return command }
            let made = CmdletCommand(type, moduleName: moduleName, moduleVersion: moduleVersion)
            command = made
            return made
        }
    }

    /// By the folded name of the type, in the order of registration.
    private var places: [String: [Place]] = [:]

    mutating func add(_ type: any Cmdlet.Type, moduleName: String, moduleVersion: String) {
        // What `String(describing:)` comes to, without its search for conformances of every type, which takes a tenth of a
        // millisecond each.
        let name = _typeName(type, qualified: false)
        places[name.folded, default: []].append(Place(type: type, moduleName: moduleName, moduleVersion: moduleVersion))
    }

    /// Those of that name; the one registered last is the one it means.
    ///
    /// - Parameter key: folded.
    mutating func commands(named key: String) -> [CmdletCommand] {
        let name = String(key.filter { $0 != "-" })
        guard let index = places.index(forKey: name) else { return [] }
        var found: [CmdletCommand] = []
        for place in places.values[index].indices {
            let command = places.values[index][place].made()
            if command.name.folded == key { found.append(command) }
        }
        return found
    }

    /// All of them, in no order.
    mutating func all() -> [CmdletCommand] {
        var found: [CmdletCommand] = []
        for index in places.values.indices {
            for place in places.values[index].indices { found.append(places.values[index][place].made()) }
        }
        return found
    }
}
