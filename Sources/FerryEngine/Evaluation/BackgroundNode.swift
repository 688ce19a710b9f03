import FerryLanguage

/// `pipeline &`: the pipeline as a job, as `Start-Job` makes them, in the present folder and with the caller's variables. With `&!`
/// it is a thread job, and a block alone is what the job runs.
final class BackgroundNode: StatementNode {
    private var isThread: Bool { range.text.hasSuffix("!") }

    override func run(_ frame: Frame, _ output: Sink) throws(Stop) -> Completion {
        let runspace = frame.runspace
        do throws(Stop) {
            let block = try runspace.makeScriptBlock(try script(frame))
            try runspace.run(
                command: isThread ? "Start-ThreadJob" : "Start-Job",
                arguments: [Argument(.parameter("ScriptBlock", .object(block)))], frame: frame,
                output: output)
        } catch {
            runspace.lastSucceeded = false
            throw error.located(range, frame)
        }
        runspace.lastSucceeded = true
        return .normal
    }

    /// The pipeline's text. In front of it the variables it mentions are set to what they are here; those that every session has
    /// are its own.
    private func script(_ frame: Frame) throws(Stop) -> String {
        var text = range.text.trimmed
        text.removeLast(isThread ? 2 : 1)
        text = text.trimmed
        let syntax = try frame.runspace.parse(text)
        if isThread, case .scriptBlock? = syntax.end?.body.statements.first?.soleExpression { text = "& " + text }
        let mentioned = Compiler.mentions(of: syntax).symbols
        var settings = ""
        for symbol in mentioned {
            // Every layout has a place for it.
            if symbol == .item, !text.contains("$_") { continue }
            guard let variable = frame.scope.find(symbol), variable.compute == nil,
                variable.options.isDisjoint(with: [.readOnly, .constant, .allScope])
            else { continue }
            let name = symbol.name.replacingBraces
            settings += "${\(name)} = ${using:\(name)}; "
        }
        return settings + text
    }
}

extension String {
    /// As a variable's name stands between braces.
    fileprivate var replacingBraces: String {
        var result = ""
        for character in self {
            if "{}`".contains(character) { result.append("`") }
            result.append(character)
        }
        return result
    }
}
