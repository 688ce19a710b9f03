import FerryEngine

/// Gives keys their first meaning in the line editor back.
struct RemovePSReadLineKeyHandler: Cmdlet {
    static let chord = Parameter<[String]>(
        "Chord", aliases: ["Key"], position: 0, mandatory: true, validate: [.notNullOrEmpty])
    static let signature = Signature(
        "Remove-PSReadLineKeyHandler", typeName: "Microsoft.PowerShell.RemoveKeyHandlerCommand",
        parameters: [chord, KeyHandler.viMode])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        for written in call[Self.chord] {
            guard let chord = KeyChord(written) else {
                try SetPSReadLineKeyHandler.reportUnknown(written, io)
                continue
            }
            EditorSettings.of(io.runspace).unbind(chord, inCommandMode: KeyHandler.isCommandMode(call))
        }
    }
}
