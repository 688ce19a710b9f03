package import FerryContract
package import FerryCore
import FerryEngine

/// The hosts a shell can reach by name. The shell supplies one; tests hand in hosts of the same process.
package protocol HostDirectory: Sendable {
    /// A connection to the host an administrator calls `name`; "", "." and "localhost" mean the default host.
    ///
    /// - Throws: when no host goes by that name. Whether the host answers is seen at the first request.
    func connection(to name: String) throws(Failure) -> any HostConnection
    /// The names it knows.
    var names: [String] { get }
}

/// Under which the shell puts its directory into the runspace.
package enum HostDirectoryKey {}

extension CommandIO {
    /// Connections to the hosts of `-ComputerName`, the default host when it is absent. Unknown names are reported, one error
    /// each, and left out. A parameter that no host can honour ends the command.
    func connections(to names: [String]) throws(Stop) -> [any HostConnection] {
        try UnavailableParameters.refuse(self)
        guard let directory = runspace.services[ObjectIdentifier(HostDirectoryKey.self)] as? any HostDirectory else {
            throw failing(
                "NoHostDirectory", .invalidOperation, "This runspace has no list of hosts, so there is no host to ask.")
        }
        var found: [any HostConnection] = []
        for name in names.isEmpty ? [""] : names {
            do throws(Failure) { found.append(try directory.connection(to: name)) } catch {
                try report(hostFailure: error, target: .string(name))
            }
        }
        return found
    }

    /// Sends a request and waits. A failure is reported as a non-terminating error and gives nil.
    func send<Request: HostRequest>(_ request: Request, to host: any HostConnection, target: Value = .null) throws(Stop)
        -> Request.Response?
    {
        switch try wait({ () async throws(Failure) in try await host.send(request) }) {
        case .success(let response): return response
        case .failure(let failure):
            try report(hostFailure: failure, target: target)
            return nil
        }
    }

    /// Starts a long operation, shows its progress, and returns what it ended with; nil after reporting its failure.
    /// Ctrl-C asks the host to cancel it and waits for its end.
    func follow<Request: LongHostRequest>(_ request: Request, on host: any HostConnection, target: Value = .null)
        throws(Stop) -> Request.Result?
    {
        var shown = false
        let activity = Following.nextActivity()
        let outcome = try wait(
            reporting: { (report: ProgressReport) throws(Stop) in
                shown = true
                progress(ProgressRecord(report, activity: activity))
            },
            { publish async throws(Failure) in try await Following.run(request, on: host, publish: publish) })
        if shown { progress(ProgressRecord(activityID: activity, activity: "", isCompleted: true)) }
        switch outcome {
        case .success(let ending):
            for warning in ending.warnings { try warn(warning) }
            return ending.result
        case .failure(let failure):
            try report(hostFailure: failure, target: target)
            return nil
        }
    }
}

extension CommandIO {
    /// Reports what a host, or the way to it, answered with: a non-terminating error of Hyper-V's exception type.
    func report(hostFailure failure: Failure, target: Value = .null) throws(Stop) {
        try report(ErrorRecord(hostFailure: failure, target: target))
    }

    func failing(hostFailure failure: Failure, target: Value = .null) -> Stop {
        failing(ErrorRecord(hostFailure: failure, target: target))
    }
}

extension ErrorRecord {
    /// As Hyper-V's commands raise it: `catch [Microsoft.HyperV.PowerShell.VirtualizationException]` and filters on the category's
    /// reason find it. Code and advice are properties of the exception.
    fileprivate convenience init(hostFailure failure: Failure, target: Value) {
        let plain = ExceptionObject(failure)
        let exception = ExceptionObject(VirtualizationException.name, plain.message, inner: plain.inner)
        exception.details = plain.details
        self.init(
            exception, errorID: failure.errorID, category: ErrorCategory(failure.category),
            target: target.isNull ? .optional(failure.target) : target)
        recommendedAction = failure.advice
    }
}

/// The base of what Hyper-V's commands raise.
enum VirtualizationException {
    static let name = "Microsoft.HyperV.PowerShell.VirtualizationException"
    static let type = RuntimeType(name, kind: .exception, bases: ["System.Exception", "System.Object"])
}

extension ProgressRecord {
    /// The runtime's report as PowerShell's record.
    init(_ report: ProgressReport, activity: Int) {
        var details: [String] = []
        // As Get-VMMigration counts them: the full pass is round 1.
        if let round = report.round { details.append("round \(round + 1)") }
        if let reason = report.reasonNotFrozen { details.append(reason) }
        self.init(
            activityID: activity, activity: report.activity, status: report.stage,
            currentOperation: details.joined(separator: ", "), percentComplete: report.percent,
            secondsRemaining: report.remaining.map { Int($0.components.seconds) } ?? -1)
    }
}
