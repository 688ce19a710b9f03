import FerryEngine

/// Shows objects on the console, as a pipeline's end does by itself.
struct OutHost: Cmdlet {
    static let input = Parameter<Value>("InputObject", pipeline: .byValue)
    static let paging = Parameter<Bool>.switch("Paging")
    static let signature = Signature(
        "Out-Host", typeName: "Microsoft.PowerShell.Commands.OutHostCommand", parameters: [input, paging])

    private var formatter: OutputFormatter?
    private var pages: PagedOutput?

    init() {}

    mutating func begin(_ call: Call, _ io: CommandIO) throws(Stop) {
        if call[Self.paging] {
            pages = PagedOutput(io)
            return
        }
        let (host, runspace) = (io.host, io.runspace)
        formatter = OutputFormatter(
            source: io.runspace,
            renderer: FormatRenderer(
                width: host.width, allowsColor: runspace.allowsColor, style: runspace.style)
        ) { line throws(Stop) in runspace.show(line + "\n") }
    }

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard let pages else {
            try formatter?.add(call[Self.input])
            return
        }
        try pages.add(call[Self.input])
        // Whoever left the pages wants nothing more made for them.
        if pages.isEnded { throw io.stopUpstream() }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        try formatter?.finish()
        try pages?.finish()
    }
}
