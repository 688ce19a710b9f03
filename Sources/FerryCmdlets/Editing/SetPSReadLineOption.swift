import FerryEngine

/// Sets up the line editor. What it does not have (predictions, colours of what is typed, tones) is kept and shown by
/// `Get-PSReadLineOption`: a profile that sets it goes on.
struct SetPSReadLineOption: Cmdlet {
    static let colors = Parameter<TableObject?>("Colors", aliases: ["TokenKind"])
    static let signature = Signature(
        "Set-PSReadLineOption", typeName: "Microsoft.PowerShell.SetPSReadLineOption",
        parameters: EditorOption.all.map(\.key) + [colors])

    init() {}

    mutating func process(_ call: Call, _ io: CommandIO) throws(Stop) {
        let settings = EditorSettings.of(io.runspace)
        for option in EditorOption.all where call.isBound(option.key) {
            var value = call[option.key]
            if option.key.spec.type == .switchParameter { value = .bool(value.isTrue) }
            if option.name == "HistorySavePath" { value = .string(io.runspace.location.resolve(value.display)) }
            settings.set(option, to: value)
        }
        for (key, value) in call[Self.colors]?.pairs ?? [] {
            guard let color = EditorOption.colors.first(where: { $0.name.folded == key.display.folded }) else {
                try io.report(
                    "InvalidColorProperty", .invalidArgument, "'\(key.display)' is not a valid color property.",
                    target: key, exception: "System.ArgumentException")
                continue
            }
            settings.setColor(color.name, to: value.display)
        }
    }
}
