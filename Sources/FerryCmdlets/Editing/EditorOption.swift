import FerryEngine

/// One setting of `Set-PSReadLineOption`, with what PSReadLine begins with on Linux.
struct EditorOption: Sendable {
    let key: Parameter<Value>
    let initial: @Sendable () -> Value
    var name: String { key.spec.name }

    private init(
        _ name: String, _ type: RuntimeType, _ initial: @autoclosure @escaping @Sendable () -> Value,
        aliases: [String] = [], validate: [Validation] = []
    ) {
        key = Parameter<Value>(name, aliases: aliases, validate: validate, type: type)
        self.initial = initial
    }

    private static func choice(_ name: String, _ type: String, _ values: [String], _ initial: Int64) -> EditorOption {
        let enumType = EnumType(
            "Microsoft.PowerShell." + type, values.enumerated().map { ($1, Int64($0)) })
        return EditorOption(name, RuntimeType(enum: enumType), .symbol(enumType.value(initial)))
    }

    static let all: [EditorOption] = [
        choice("EditMode", "EditMode", ["Windows", "Emacs", "Vi"], 1),
        EditorOption("AddToHistoryHandler", .object, .null),
        EditorOption("HistoryNoDuplicates", .switchParameter, .bool(true)),
        EditorOption("HistorySavePath", .string, .null, validate: [.notNullOrEmpty]),
        choice("HistorySaveStyle", "HistorySaveStyle", ["SaveIncrementally", "SaveAtExit", "SaveNothing"], 0),
        EditorOption("HistorySearchCaseSensitive", .switchParameter, .bool(false)),
        EditorOption("HistorySearchCursorMovesToEnd", .switchParameter, .bool(false)),
        EditorOption("MaximumHistoryCount", .int32, .int(4096), validate: [.range(1, 2_147_483_647)]),
        EditorOption("ContinuationPrompt", .string, .string(">> ")),
        EditorOption("ExtraPromptLineCount", .int32, .int(0)),
        EditorOption("PromptText", .array(of: .string), .array([])),
        choice("BellStyle", "BellStyle", ["None", "Visual", "Audible"], 2),
        EditorOption("DingDuration", .int32, .int(50)),
        EditorOption("DingTone", .int32, .int(1221)),
        EditorOption("CommandValidationHandler", .object, .null),
        EditorOption("CompletionQueryItems", .int32, .int(100)),
        EditorOption("MaximumKillRingCount", .int32, .int(10)),
        EditorOption("ShowToolTips", .switchParameter, .bool(true)),
        choice("ViModeIndicator", "ViModeStyle", ["None", "Prompt", "Cursor", "Script"], 0),
        EditorOption("ViModeChangeHandler", .object, .null),
        EditorOption("WordDelimiters", .string, .string(";:,.[]{}()/\\|!?^&*-=+'\"\u{2013}\u{2014}\u{2015}")),
        EditorOption("AnsiEscapeTimeout", .int32, .int(100)),
        choice("PredictionSource", "PredictionSource", ["None", "History", "Plugin", "HistoryAndPlugin"], 0),
        choice("PredictionViewStyle", "PredictionViewStyle", ["InlineView", "ListView"], 0),
        EditorOption("TerminateOrphanedConsoleApps", .switchParameter, .bool(false)),
    ]

    /// The keys of `-Colors`, and the sequences PSReadLine begins with.
    static let colors: [(name: String, sequence: String)] = [
        ("Command", "\u{1B}[93m"), ("Comment", "\u{1B}[32m"), ("ContinuationPrompt", "\u{1B}[37m"),
        ("Default", "\u{1B}[37m"), ("Emphasis", "\u{1B}[96m"), ("Error", "\u{1B}[91m"),
        ("InlinePrediction", "\u{1B}[97;2;3m"), ("Keyword", "\u{1B}[92m"), ("ListPrediction", "\u{1B}[33m"),
        ("ListPredictionSelected", "\u{1B}[48;5;238m"), ("ListPredictionTooltip", "\u{1B}[97;2;3m"),
        ("Member", "\u{1B}[37m"), ("Number", "\u{1B}[97m"), ("Operator", "\u{1B}[90m"), ("Parameter", "\u{1B}[90m"),
        ("Selection", "\u{1B}[30;47m"), ("String", "\u{1B}[36m"), ("Type", "\u{1B}[37m"), ("Variable", "\u{1B}[92m"),
    ]
}
