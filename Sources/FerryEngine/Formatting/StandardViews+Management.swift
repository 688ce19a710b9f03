/// What the commands on files, drives and the network show.
extension StandardViews {
    static var management: [FormatView] { [providers, digests, pings, packetSizes, hops, ports] + connections }

    private static var providers: FormatView {
        table(
            "ProviderInfo", ["System.Management.Automation.ProviderInfo"],
            [column("Name", width: 20), column("Capabilities", width: 39), column("Drives")])
    }

    private static var digests: FormatView {
        table(
            "FileHashInfo", ["Microsoft.PowerShell.Commands.FileHashInfo"],
            [column("Algorithm", width: 15), column("Hash", width: 70), column("Path")])
    }

    private static let test = "Microsoft.PowerShell.Commands.TestConnectionCommand+"

    /// A number that an answer would have told.
    private static func answered(_ label: String, _ property: String, width: Int) -> FormatColumn {
        computed(label, "if ($_.Status -eq 'TimedOut') { '*' } else { $_.\(property) }", width: width, .right)
    }

    private static var pings: FormatView {
        table(
            "PingStatus", [test + "PingStatus"],
            [
                column("Ping", width: 4, .right), column("Source", width: 16),
                column("Address", "DisplayAddress", width: 25), answered("Latency(ms)", "Latency", width: 7),
                answered("BufferSize(B)", "BufferSize", width: 10), column("Status", width: 16),
            ], groupBy: column("Destination"))
    }

    private static var packetSizes: FormatView {
        table(
            "PingMtuStatus", [test + "PingMtuStatus"],
            [
                column("Source", width: 16), column("Address", "DisplayAddress", width: 25),
                answered("Latency(ms)", "Latency", width: 7), column("Status", width: 16),
                column("MtuSize(B)", "MtuSize", width: 7, .right),
            ], groupBy: column("Destination"))
    }

    private static var hops: FormatView {
        table(
            "TraceStatus", [test + "TraceStatus"],
            [
                column("Hop", width: 3, .right),
                computed("Hostname", "if ($_.Hostname) { $_.Hostname } else { '*' }", width: 25),
                column("Ping", width: 4, .right), answered("Latency(ms)", "Latency", width: 7),
                column("Status", width: 16), column("Source", width: 12), column("TargetAddress", width: 15),
            ], groupBy: column("Target"))
    }

    private static var ports: FormatView {
        table(
            "TcpPortStatus", [test + "TcpPortStatus"],
            [
                column("Id", width: 4, .right), column("Source", width: 16),
                column("Address", "TargetAddress", width: 25), column("Port", width: 7, .right),
                computed("Latency(ms)", "if ($_.Status -eq 'TimedOut') { '*' } else { $_.Latency }", width: 7, .right),
                column("Connected", width: 10), column("Status", width: 24),
            ], groupBy: column("Target"))
    }

    /// Test-NetConnection's list shows what was asked for: a name, an echo, a port, or both of these.
    private static var connections: [FormatView] {
        func view(_ suffix: String, _ asked: [FormatColumn], _ answers: [FormatColumn]) -> FormatView {
            FormatView(
                name: "NetConnection" + suffix, typeNames: ["TestNetConnectionResult" + suffix],
                shape: .list(
                    [column("ComputerName"), column("RemoteAddress")] + asked
                        + [column("InterfaceAlias"), column("SourceAddress")] + answers), groupBy: nil)
        }
        let echo = [
            column("PingSucceeded"),
            computed("PingReplyDetails (RTT)", "\"$([long]$_.PingReplyDetails.RoundtripTime) ms\""),
        ]
        let port = [column("TcpTestSucceeded")]
        return [
            view("#Name", [], [column("PingSucceeded")]), view("#Ping", [], echo),
            view("#Port", [column("RemotePort")], port), view("", [column("RemotePort")], echo + port),
        ]
    }
}
