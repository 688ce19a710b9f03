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
            if let user = call[userName] { target.userName = try word(user, "UserName", io) }
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

    private static func invalid(_ text: String, _ io: CommandIO) -> Stop {
        io.failing(
            "Argument", .invalidArgument, text, exception: "System.Management.Automation.PSArgumentException")
    }

    private static func word(_ text: String, _ parameter: String, _ io: CommandIO) throws(Stop) -> String {
        guard RemoteTarget.isWord(text) else {
            throw invalid(
                "The value '\(text)' of \(parameter) cannot be given to ssh: it is empty, begins with a dash, or has control "
                    + "characters.", io)
        }
        return text
    }

    private static func pairs(_ table: TableObject) -> [(name: String, value: String)] {
        table.pairs.map { (name: $0.key.display, value: $0.value.display) }
    }

    /// The keys a table of `-SSHConnection` may have, and those that mean the same.
    private static let keys = [
        "hostname": "hostname", "computername": "hostname", "username": "username", "keyfilepath": "keyfilepath",
        "identityfilepath": "keyfilepath", "port": "port", "subsystem": "subsystem",
        "connectingtimeout": "connectingtimeout", "options": "options",
    ]

    /// `@{ HostName = 'a'; Port = 2222; KeyFilePath = '…' }`
    ///
    /// - Throws: PowerShell's errors for keys that there are not, and for values that do not convert to what the key takes.
    private static func target(of table: TableObject, _ io: CommandIO) throws(Stop) -> RemoteTarget {
        let nothing = "The provided SSHConnection hashtable parameter name or element is null or empty."
        var found: [String: Value] = [:]
        for (key, value) in table.pairs {
            let name = key.display
            guard !name.isEmpty, !value.isNull, !value.display.isEmpty else { throw invalid(nothing, io) }
            guard let known = keys[name.folded] else {
                throw invalid("The provided SSHConnection hashtable parameter \(name) is not supported.", io)
            }
            guard found[known] == nil else {
                let names = known == "hostname" ? "ComputerName and HostName" : "KeyFilePath and IdentityFilePath"
                throw invalid(
                    "The provided SSHConnection hashtable contains both a \(names) parameter.  Only one can be specified.",
                    io)
            }
            found[known] = value
        }
        func text(_ key: String) throws(Stop) -> String? {
            guard let value = found[key] else { return nil }
            return try converted(value, .string, io).display
        }
        func whole(_ key: String) throws(Stop) -> Int? {
            guard let value = found[key] else { return nil }
            guard case .number(let number) = try converted(value, .int32, io), let whole = number.asInt64 else {
                throw invalid(nothing, io)
            }
            return Int(whole)
        }
        guard let host = try text("hostname") else {
            throw invalid(
                "The provided SSHConnection hashtable is missing the required ComputerName or HostName parameter.", io)
        }
        var target = try target(host, io)
        if let user = try text("username") { target.userName = try word(user, "UserName", io) }
        if let file = try text("keyfilepath") { target.keyFile = try keyPath(file, io) }
        if let name = try text("subsystem") { target.subsystem = try word(name, "Subsystem", io) }
        if let port = try whole("port") {
            guard RemoteTarget.ports.contains(port) else {
                throw invalid("The Port \(port) of the SSHConnection hashtable is not a number from 1 to 65535.", io)
            }
            target.port = port
        }
        if let time = try whole("connectingtimeout"), time > 0 { target.timeout = .milliseconds(time) }
        if let options = found["options"] {
            guard case .table(let table) = options else {
                throw invalid("The Options of the SSHConnection hashtable are not a hashtable themselves.", io)
            }
            target.options = pairs(table)
        }
        return target
    }

    private static func converted(_ value: Value, _ type: RuntimeType, _ io: CommandIO) throws(Stop) -> Value {
        do throws(Stop) { return try Conversion.convert(value, to: type, io.runspace) } catch {
            guard let record = error.cause.record else { throw error }
            throw invalid(record.message, io)
        }
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
        var choice = ListedChoice(of: all)
        if call.isBound(id) {
            try choice.add(call[id], by: { $0.id }) { wanted throws(Stop) in
                try missing("RemoteRunspaceNotAvailableForSpecifiedSessionId", "Id \(wanted)", .count(wanted))
            }
        } else if call.isBound(instance) {
            try choice.add(call[instance], by: { $0.remote.id }) { wanted throws(Stop) in
                try missing(
                    "RemoteRunspaceNotAvailableForSpecifiedRunspaceId", "InstanceId \(wanted.text)", .guid(wanted))
            }
        } else if call.isBound(name) {
            try choice.add(named: call[name], by: { $0.name }) { wanted throws(Stop) in
                try missing("RemoteRunspaceNotAvailableForSpecifiedName", "Name \(wanted)", .string(wanted))
            }
        } else {
            return all
        }
        return choice.chosen
    }
}
