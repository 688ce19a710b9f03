import FerryCore
import FerryEngine
import FerryRemoting

/// The parameters by which the remoting commands name hosts and sessions.
enum RemoteSelection {
    static let hostName = Parameter<[String]>("HostName", position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let userName = Parameter<String?>("UserName", validate: [.notNullOrEmpty])
    static let port = Parameter<Int>("Port", validate: [.range(1, 65_535)])
    static let keyFile = Parameter<String?>("KeyFilePath", aliases: ["IdentityFilePath"], validate: [.notNullOrEmpty])
    static let subsystem = Parameter<String?>("Subsystem", validate: [.notNullOrEmpty])
    /// Milliseconds; −1 waits without end in PowerShell, and the usual time here.
    static let timeout = Parameter<Int>("ConnectingTimeout", validate: [.range(-1, 2_147_483_647)])
    static let options = Parameter<TableObject?>("Options")
    static let transport = Parameter<Bool>.switch("SSHTransport")
    static let connection = Parameter<[Value]>(
        "SSHConnection", mandatory: true, validate: [.notNullOrEmpty], type: .array(of: .hashtable))
    static let session = Parameter<[Value]>(
        "Session", position: 0, mandatory: true, pipeline: .byValue, type: .array(of: SessionObject.type))

    /// What every way of naming a host has.
    static var hostParameters: [any ParameterKey] {
        [userName, port, keyFile, subsystem, timeout, options, transport]
    }

    /// A parameter set that names hosts, with what else is in it.
    static func hostSet(_ name: String, _ first: [any ParameterKey], _ rest: [any ParameterKey] = []) -> ParameterSet {
        ParameterSet(name, first + hostParameters + rest)
    }

    /// The hosts of `-HostName` or `-SSHConnection`.
    ///
    /// - Throws: PowerShell's error for what cannot be a host.
    static func targets(by call: Call, _ io: CommandIO) throws(Stop) -> [RemoteTarget] {
        var targets: [RemoteTarget] = []
        if call.isBound(connection) {
            for value in call[connection] {
                guard case .table(let table) = value else { continue }
                targets.append(try target(of: table, io))
            }
            return targets
        }
        for written in call[hostName] {
            var target = try target(written, io)
            if let user = call[userName] { target.userName = user }
            if call.isBound(port) { target.port = call[port] }
            if let file = call[keyFile] { target.keyFile = try keyPath(file, io) }
            if let name = call[subsystem] { target.subsystem = try word(name, "Subsystem", io) }
            if call.isBound(timeout), call[timeout] > 0 { target.timeout = .milliseconds(call[timeout]) }
            if let table = call[options] { target.options = pairs(table) }
            targets.append(target)
        }
        return targets
    }

    private static func target(_ written: String, _ io: CommandIO) throws(Stop) -> RemoteTarget {
        guard let target = RemoteTarget(written: written) else {
            throw io.failing(
                "PSSessionInvalidComputerName", .invalidArgument,
                "One or more computer names are not valid. '\(written)' is no name of a host.",
                target: .string(written),
                exception: "System.ArgumentException")
        }
        return target
    }

    private static func keyPath(_ file: String, _ io: CommandIO) throws(Stop) -> String {
        let path = io.runspace.location.resolve(file)
        guard FileItem.exists(path) else {
            throw io.failing(
                "KeyFileNotFound", .invalidArgument, "The specified key file \(file) was not found.",
                target: .string(file),
                exception: "System.Management.Automation.PSArgumentException")
        }
        return path
    }

    /// ssh would take a leading dash for an option.
    private static func word(_ text: String, _ parameter: String, _ io: CommandIO) throws(Stop) -> String {
        guard !text.hasPrefix("-"), !text.isEmpty else {
            throw io.failing(
                "CannotProcessArgument", .invalidArgument, "The value '\(text)' of \(parameter) begins with a dash.",
                exception: "System.Management.Automation.PSArgumentException")
        }
        return text
    }

    private static func pairs(_ table: TableObject) -> [(name: String, value: String)] {
        table.pairs.map { (name: $0.key.display, value: $0.value.display) }
    }

    /// `@{ HostName = 'a'; Port = 2222; KeyFilePath = '…' }`
    private static func target(of table: TableObject, _ io: CommandIO) throws(Stop) -> RemoteTarget {
        func invalid(_ text: String) -> Stop {
            io.failing(
                "CannotProcessArgument", .invalidArgument, text,
                exception: "System.Management.Automation.PSArgumentException")
        }
        var found: [String: Value] = [:]
        for (key, value) in table.pairs {
            let name = key.display.folded
            guard !name.isEmpty, !value.isNull, !value.display.isEmpty else {
                throw invalid("The provided SSHConnection hashtable parameter name or element is null or empty.")
            }
            let known = name == "computername" ? "hostname" : name == "identityfilepath" ? "keyfilepath" : name
            guard
                ["hostname", "username", "keyfilepath", "port", "subsystem", "connectingtimeout", "options"].contains(
                    known)
            else { throw invalid("The provided SSHConnection hashtable parameter \(key.display) is not supported.") }
            guard found[known] == nil else {
                throw invalid(
                    known == "hostname"
                        ? "The provided SSHConnection hashtable contains both a ComputerName and HostName parameter.  Only one "
                            + "can be specified."
                        : "The provided SSHConnection hashtable contains both a KeyFilePath and IdentityFilePath parameter.  "
                            + "Only one can be specified.")
            }
            found[known] = value
        }
        guard let host = found["hostname"] else {
            throw invalid(
                "The provided SSHConnection hashtable is missing the required ComputerName or HostName parameter.")
        }
        var target = try target(host.display, io)
        if let user = found["username"] { target.userName = user.display }
        if let file = found["keyfilepath"] { target.keyFile = try keyPath(file.display, io) }
        if let name = found["subsystem"] { target.subsystem = try word(name.display, "Subsystem", io) }
        if let port = found["port"].flatMap({ Int($0.display) }) { target.port = port }
        if let time = found["connectingtimeout"].flatMap({ Int($0.display) }), time > 0 {
            target.timeout = .milliseconds(time)
        }
        if case .table(let options)? = found["options"] { target.options = pairs(options) }
        return target
    }

    // MARK: Sessions

    /// Opens a session and lists it; a failure is reported and gives nil.
    static func open(_ target: RemoteTarget, name: String?, _ io: CommandIO) throws(Stop) -> SessionObject? {
        let failure: Failure
        do throws(Failure) {
            return SessionTable.of(io.runspace).add(try RemoteSession.open(target, io.interrupt), name: name)
        } catch { failure = error }
        try io.interrupt.check()
        try io.relay(RemotingError.notOpened(failure, target.host, activity: io.call.signature.name))
        return nil
    }

    static let id = Parameter<[Int]>("Id", position: 0, mandatory: true, pipeline: .byProperty)
    static let name = Parameter<[String]>("Name", mandatory: true, pipeline: .byProperty, wildcards: true)
    static let instance = Parameter<[GUID]>("InstanceId", mandatory: true, pipeline: .byProperty)

    /// The sessions a call names by object, id, name or identifier; all of them when it names none.
    static func sessions(by call: Call, _ io: CommandIO) throws(Stop) -> [SessionObject] {
        let all = SessionTable.of(io.runspace).sessions
        if call.isBound(session) { return call[session].compactMap { $0.hosted(SessionObject.self) } }
        func missing(_ id: String, _ what: String, _ target: Value) throws(Stop) {
            try io.report(
                id, .invalidArgument, "The session with the \(what) was not found. Get-PSSession lists the sessions.",
                target: target, exception: "System.ArgumentException")
        }
        var chosen: [SessionObject] = []
        if call.isBound(id) {
            for wanted in call[id] {
                if let found = all.first(where: { $0.id == wanted }) {
                    chosen.append(found)
                } else {
                    try missing("RemoteRunspaceNotAvailableForSpecifiedSessionId", "Id \(wanted)", .count(wanted))
                }
            }
            return chosen
        }
        if call.isBound(instance) {
            for wanted in call[instance] {
                if let found = all.first(where: { $0.remote.id == wanted }) {
                    chosen.append(found)
                } else {
                    try missing(
                        "RemoteRunspaceNotAvailableForSpecifiedRunspaceId", "InstanceId \(wanted.text)", .guid(wanted))
                }
            }
            return chosen
        }
        guard call.isBound(name) else { return all }
        for wanted in call[name] {
            let pattern = WildcardPattern(wanted)
            let found = all.filter { pattern.matches($0.name) }
            if found.isEmpty, !WildcardPattern.isPattern(wanted) {
                try missing("RemoteRunspaceNotAvailableForSpecifiedName", "Name \(wanted)", .string(wanted))
            }
            chosen += found
        }
        return chosen
    }
}
