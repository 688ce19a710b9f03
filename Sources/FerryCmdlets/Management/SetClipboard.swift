import FerryEngine
import Foundation

/// Puts text on the clipboard.
struct SetClipboard: Cmdlet {
    static let text = Parameter<[String]>("Value", position: 0, mandatory: true, pipeline: .byValueAndProperty)
        .allowing([.null, .emptyString, .emptyCollection])
    static let append = Parameter<Bool>.switch("Append")
    static let passThru = Parameter<Bool>.switch("PassThru")
    static let terminal = Parameter<Bool>.switch("AsOSC52", aliases: ["ToLocalhost"])
    static let signature = Signature(
        "Set-Clipboard", typeName: "Microsoft.PowerShell.Commands.SetClipboardCommand", shouldProcess: .medium,
        parameters: [text, append, passThru, terminal])

    private var lines: [String] = []

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        lines += call[Self.text]
        if call[Self.passThru] { try io.emit(contentsOf: call[Self.text].map { .string($0) }) }
    }

    mutating func end(_ call: Call, _ io: CommandIO) throws(Stop) {
        guard !lines.isEmpty || call[Self.append] else {
            if try io.confirms("Set-Clipboard", "The clipboard has been cleared.") { try ClipboardText.write("", io) }
            return
        }
        var text = lines.joined(separator: "\n")
        if call[Self.append] { text = try ClipboardText.read(io) + "\n" + text }
        let first = lines.first ?? ""
        let shown = first.count >= 20 ? first.prefix(20) + " ..." : first
        let target =
            call[Self.append]
            ? "Append the content \"\(shown)\" to the clipboard."
            : "Set the content of the clipboard to \"\(shown)\"."
        guard try io.confirms("Set-Clipboard", target) else { return }
        guard call[Self.terminal] else { return try ClipboardText.write(text, io) }
        // The terminal's own clipboard, over any number of ssh hops: Operating System Command 52 of xterm.
        io.runspace.host.write("\u{1B}]52;c;" + Data(text.utf8).base64EncodedString() + "\u{07}")
    }
}
