/// Values that only the program around the language knows, such as the names of machines: offered where a command's argument
/// stands.
package protocol CompletionSource: Sendable {
    /// nil when this source has nothing to say about the parameter; an empty list when it has, and nothing fits.
    ///
    /// - Parameters:
    ///   - bound: what is written for the command's other parameters, by folded name.
    ///   - word: what is typed so far, without quotes.
    func values(command: String, parameter: String, word: String, bound: [String: [String]]) -> [CompletionResult]?
}

/// Script blocks that `Register-ArgumentCompleter` named.
package final class ArgumentCompleters {
    /// By folded command and parameter; an empty command is any.
    private var blocks: [String: ScriptBlock] = [:]
    private var native: [String: ScriptBlock] = [:]

    init() {}

    package func register(_ block: ScriptBlock, command: String, parameter: String) {
        blocks[command.folded + "\u{0}" + parameter.folded] = block
    }

    package func register(_ block: ScriptBlock, program: String) { native[program.folded] = block }

    func block(command: String, parameter: String) -> ScriptBlock? {
        blocks[command.folded + "\u{0}" + parameter.folded] ?? blocks["\u{0}" + parameter.folded]
    }

    func block(program: String) -> ScriptBlock? { native[program.folded] }
}
