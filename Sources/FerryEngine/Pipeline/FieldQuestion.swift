/// One value that a person types: of a mandatory parameter, or of a field of `$Host.UI.Prompt`.
struct FieldQuestion {
    private static let elementLimit = 10_000

    let name: String
    let type: RuntimeType
    let help: String?

    /// What a list of questions begins with.
    static func heading(caption: String, message: String, _ questions: [FieldQuestion]) -> String {
        ChoiceMenu.question(caption: caption, message: message)
            + (questions.contains { $0.help != nil } ? "(Type !? for Help.)\n" : "")
    }

    private enum Answer {
        case value(Value)
        /// An empty line.
        case nothing
        case endOfInput
    }

    /// The value; an array's elements are asked for one by one until an empty line. nil at the end of input.
    ///
    /// Secrets arrive as what they are, everything else as the text that was typed, whose conversion to a number has been tried.
    func ask(_ runspace: Runspace) throws(Stop) -> Value? {
        guard type.isArray else {
            return switch try ask(name, type, runspace) {
            case .value(let value): value
            case .nothing: .string("")
            case .endOfInput: nil
            }
        }
        var values: [Value] = []
        while values.count < Self.elementLimit {
            switch try ask("\(name)[\(values.count)]", type.arguments.first ?? .object, runspace) {
            case .value(let value): values.append(value)
            case .nothing: return .array(values)
            case .endOfInput: return nil
            }
        }
        return .array(values)
    }

    /// `!?` shows what the field is for; `!!x` is the text `!x`.
    private func ask(_ label: String, _ type: RuntimeType, _ runspace: Runspace) throws(Stop) -> Answer {
        let host = runspace.host
        switch type.kind {
        case .secureString:
            guard let secret = try host.readSecret(prompt: label + ": ") else { return .endOfInput }
            return secret.isEmpty && self.type.isArray ? .nothing : .value(SecureText(secret).value)
        case .credential:
            host.write(label + "\n")
            return try runspace.askCredential().map { Answer.value($0.value) } ?? .endOfInput
        default: break
        }
        while true {
            guard let line = try host.readLine(prompt: label + ": ") else { return .endOfInput }
            if line.isEmpty { return .nothing }
            if line == "!?" {
                host.write((help ?? "No help is available for \(name).") + "\n")
                continue
            }
            let value = Value.string(line.hasPrefix("!!") ? String(line.dropFirst()) : line)
            if case .number = type.kind, Conversion.attempt(value, to: type, runspace) == nil {
                let reason = Conversion.attempt(value, to: .double, runspace) == nil ? "a format" : "an overflow"
                host.write("Cannot recognize \"\(line)\" as a \(type.fullName) due to \(reason) error.\n")
                continue
            }
            return .value(value)
        }
    }
}

extension Runspace {
    /// Asks for a user, unless one is given, and a password; nil at the end of input.
    package func askCredential(
        caption: String = "", message: String = "", userName: String = "", targetName: String = ""
    ) throws(Stop) -> CredentialObject? {
        try host.checkAnswers()
        if !caption.isEmpty { writeHostLine("\n" + caption) }
        if !message.isEmpty { writeHostLine(message) }
        var user = userName
        while user.isEmpty {
            guard let line = try host.readLine(prompt: "User: ") else { return nil }
            user = line
        }
        guard let password = try host.readSecret(prompt: "Password for user \(user): ") else { return nil }
        return CredentialObject(targetName.isEmpty ? user : targetName + "\\" + user, SecureText(password))
    }
}
