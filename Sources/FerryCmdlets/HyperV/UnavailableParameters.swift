import FerryCore
import FerryEngine

/// Parameters of Hyper-V's that no host of Ferry can honour. They are declared with Hyper-V's types, so that scripts bind and read
/// as they do on Windows, and giving one is refused by name before any host is asked. Values that only say what is so anyway
/// (`-NumaSpanningEnabled $true`, `-ResourcePoolName Primordial`) are accepted.
enum UnavailableParameters {
    private static let cimSessionType = RuntimeType(
        "Microsoft.Management.Infrastructure.CimSession", kind: .object, bases: ["System.Object"])
    /// Any value binds: it is never looked at.
    private static let credentialType = RuntimeType(
        RuntimeType.credential.fullName, kind: .object, bases: ["System.Object"])

    // Every command. Hyper-V also takes a session from an object's property; Ferry's objects carry their ComputerName instead.
    static let cimSession = Parameter<[Value]>("CimSession", type: .array(of: cimSessionType))
    static let credential = Parameter<[Value]>("Credential", type: .array(of: credentialType))
    // Get-VM
    static let clusterObject = Parameter<Value>("ClusterObject", position: 0, mandatory: true, type: .psObject)
    // Move-VM
    static let destinationCimSession = Parameter<Value>(
        "DestinationCimSession", position: 1, mandatory: true, type: cimSessionType)
    static let destinationCredential = Parameter<Value>("DestinationCredential", type: credentialType)
    static let resourcePool = Parameter<String>("ResourcePoolName", validate: [.notNullOrEmpty])
    // Stop-VM
    static let save = Parameter<Bool>.switch("Save")
    // New-VM
    static let prerelease = Parameter<Bool>.switch("Prerelease")
    static let experimental = Parameter<Bool>.switch("Experimental")
    static let guestState = Parameter<String>("SourceGuestStatePath")
    // Set-VMHost
    static let enhancedSession = Parameter<Bool>("EnableEnhancedSessionMode")
    static let numaSpanning = Parameter<Bool>("NumaSpanningEnabled")
    static let meteringInterval = Parameter<TimeSpan>("ResourceMeteringSaveInterval")
    static let macMinimum = Parameter<String>("MacAddressMinimum")
    static let macMaximum = Parameter<String>("MacAddressMaximum")
    static let fibreWwnn = Parameter<String>("FibreChannelWwnn")
    static let fibreMinimum = Parameter<String>("FibreChannelWwpnMinimum")
    static let fibreMaximum = Parameter<String>("FibreChannelWwpnMaximum")

    /// Why a parameter cannot be honoured and what to do instead.
    struct Refusal {
        let reason: String
        let advice: String
        /// Values that change nothing.
        var accepts: @Sendable (Value) -> Bool = { _ in false }
    }

    /// By the parameter's name.
    static let refusals: [String: Refusal] = [
        "CimSession": Refusal(
            reason: "Ferry's hosts are not reached through CIM.",
            advice: "Name the host with -ComputerName; ferry's list of hosts has its address."),
        "Credential": Refusal(
            reason: "A host knows its callers by the account that runs ferry.",
            advice: "Run ferry as root or as a member of the group 'ferry'; ssh does it on another computer."),
        "ClusterObject": Refusal(
            reason: "This host is in no cluster.", advice: "Name the machines with -Name, or leave it out for all."),
        "DestinationCimSession": Refusal(
            reason: "Ferry's hosts are not reached through CIM.", advice: "Name the host with -DestinationHost."),
        "DestinationCredential": Refusal(
            reason: "Hosts know each other by the keys they trust, not by a user.",
            advice: "Trust the destination host with Add-VMHostTrust, and leave -DestinationCredential out."),
        "ResourcePoolName": Refusal(
            reason: "It has no resource pools but Primordial.", advice: "Leave -ResourcePoolName out.",
            accepts: { $0.display.lowercased() == "primordial" }),
        "Save": Refusal(
            reason: "It cannot save the memory of a machine.",
            advice: "Let the guest shut down, or cut its power with -TurnOff.", accepts: { !$0.isTrue }),
        "Prerelease": Refusal(
            reason: "It has no configuration versions that are not released.",
            advice: "Choose a version that Get-VMHost shows, with -Version.", accepts: { !$0.isTrue }),
        "Experimental": Refusal(
            reason: "It has no configuration versions that are not released.",
            advice: "Choose a version that Get-VMHost shows, with -Version.", accepts: { !$0.isTrue }),
        "SourceGuestStatePath": Refusal(
            reason: "A machine keeps no guest state file here.", advice: "Leave -SourceGuestStatePath out."),
        "EnableEnhancedSessionMode": Refusal(
            reason: "It has no enhanced sessions.", advice: "Leave -EnableEnhancedSessionMode out.",
            accepts: { !$0.isTrue }),
        "NumaSpanningEnabled": Refusal(
            reason: "The memory of its machines may always span NUMA nodes.",
            advice: "Leave -NumaSpanningEnabled out.", accepts: { $0.isTrue }),
        "ResourceMeteringSaveInterval": Refusal(
            reason: "It does not meter resources.", advice: "Leave -ResourceMeteringSaveInterval out."),
        "MacAddressMinimum": Refusal(
            reason: "It makes MAC addresses from QEMU's range, 52-54-00.", advice: "Leave -MacAddressMinimum out."),
        "MacAddressMaximum": Refusal(
            reason: "It makes MAC addresses from QEMU's range, 52-54-00.", advice: "Leave -MacAddressMaximum out."),
        "FibreChannelWwnn": Refusal(
            reason: "It has no virtual Fibre Channel.", advice: "Leave -FibreChannelWwnn out."),
        "FibreChannelWwpnMinimum": Refusal(
            reason: "It has no virtual Fibre Channel.", advice: "Leave -FibreChannelWwpnMinimum out."),
        "FibreChannelWwpnMaximum": Refusal(
            reason: "It has no virtual Fibre Channel.", advice: "Leave -FibreChannelWwpnMaximum out."),
    ]

    /// Ends the command when one was given that cannot be honoured. `CommandIO.connections` asks, so no host is before that.
    static func refuse(_ io: CommandIO) throws(Stop) {
        for name in io.call.boundNames {
            guard let refusal = refusals[name], !refusal.accepts(io.call[name]) else { continue }
            throw refusing(name, refusal.reason, advice: refusal.advice, io)
        }
    }

    /// The error for a parameter, or a value of one, that this host cannot honour.
    static func refusing(_ name: String, _ reason: String, advice: String, _ io: CommandIO) -> Stop {
        io.failing(
            hostFailure: Failure(
                CmdletFault.parameterUnavailable, "The parameter '\(name)' is not available on this host. \(reason)",
                target: name, advice: advice))
    }
}
