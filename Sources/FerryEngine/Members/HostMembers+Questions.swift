/// What `$Host.UI` asks a person.
extension HostMembers {
    static let choiceType = "System.Management.Automation.Host.ChoiceDescription"
    static let fieldType = "System.Management.Automation.Host.FieldDescription"

    static let choice = TypeMembers(choiceType) {
        $0.make { call throws(Stop) in
            guard (1...2).contains(call.count) else { throw call.noOverload() }
            let help = call.count == 2 ? try call.string(1) : ""
            return .object(ChoiceObject(Choice(try call.string(0), help: help)))
        }
    }

    static let field = TypeMembers(fieldType) {
        $0.make { call throws(Stop) in
            guard call.count == 1 else { throw call.noOverload() }
            let name = try call.string(0)
            guard !name.isEmpty else {
                throw call.failed(
                    "System.Management.Automation.PSArgumentException",
                    "Cannot process argument because the value of argument \"name\" is null or empty. Change the value of "
                        + "argument \"name\" to a non-null value.")
            }
            return .object(FieldObject(name))
        }
        $0.method("SetParameterType", "void SetParameterType(type parameterType)", 1...1) { call throws(Stop) in
            guard let field = call.target.asObject as? FieldObject,
                case .type(let type) = try Conversion.convert(call.arguments[0], to: .type, call.runspace)
            else { return .nothing }
            field.type = type
            return .nothing
        }
    }

    static func addQuestions(_ members: inout TypeMembers.Builder) {
        members.method(
            "PromptForChoice",
            "int PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription] choices, int defaultChoice)\nSystem.Collections.ObjectModel.Collection[int] PromptForChoice(string caption, string message, System.Collections.ObjectModel.Collection[System.Management.Automation.Host.ChoiceDescription] choices, System.Collections.Generic.IEnumerable[int] defaultChoices)",
            4...4, promptForChoice)
        members.method(
            "PromptForCredential",
            "pscredential PromptForCredential(string caption, string message, string userName, string targetName)\npscredential PromptForCredential(string caption, string message, string userName, string targetName, System.Management.Automation.PSCredentialTypes allowedCredentialTypes, System.Management.Automation.PSCredentialUIOptions options)",
            4...6
        ) { call throws(Stop) in
            let words = try (0..<4).map { index throws(Stop) in
                call.arguments[index].isNull ? "" : try call.string(index)
            }
            return try wrapping(call) { () throws(Stop) in
                try call.runspace.askCredential(
                    caption: words[0], message: words[1], userName: words[2], targetName: words[3])?.value ?? .null
            }
        }
        members.method(
            "Prompt",
            "System.Collections.Generic.Dictionary[string,psobject] Prompt(string caption, string message, System.Collections.ObjectModel.Collection[System.Management.Automation.Host.FieldDescription] descriptions)",
            3...3, prompt)
        members.method("ReadLine", "string ReadLine()", 0...0) { call throws(Stop) in
            try wrapping(call) { () throws(Stop) in .optional(try call.runspace.host.readLine(prompt: "")) }
        }
        members.method("ReadLineAsSecureString", "securestring ReadLineAsSecureString()", 0...0) { call throws(Stop) in
            try wrapping(call) { () throws(Stop) in
                try call.runspace.host.readSecret(prompt: "").map { SecureText($0).value } ?? .null
            }
        }
    }

    // MARK: Choices

    private static func choices(_ value: Value) -> [Choice] {
        (value.elements ?? [value]).map { ($0.asObject as? ChoiceObject)?.choice ?? Choice($0.display) }
    }

    private static func promptForChoice(_ call: MethodCall) throws(Stop) -> Value {
        let choices = choices(call.arguments[2])
        guard !choices.isEmpty, !call.arguments[2].isNull else {
            throw call.failed(
                "System.ArgumentException", "\"choices\" should have at least one element. (Parameter 'choices')")
        }
        guard !choices.contains(where: { ChoiceMenu.key(of: $0.label) == "?" }) else {
            throw call.failed(
                "System.ArgumentException",
                "Cannot process the hot key because a question mark (\"?\") cannot be used as a hot key.")
        }
        if call.arguments[3].elements != nil || call.arguments[3].isNull { return try promptForSeveral(call, choices) }
        let standard = try call.int(3)
        guard standard >= -1, standard < choices.count else {
            throw call.failed(
                "System.ArgumentOutOfRangeException",
                "\"defaultChoice\" must be a valid index into \"choices\". \"\(standard)\" is not a valid index. (Parameter "
                    + "'defaultChoice')")
        }
        let (caption, message) = (try call.string(0), try call.string(1))
        return try wrapping(call) { () throws(Stop) in
            .count(
                try call.runspace.host.choose(
                    caption: caption, message: message, choices: choices, defaultChoice: standard))
        }
    }

    private static func promptForSeveral(_ call: MethodCall, _ choices: [Choice]) throws(Stop) -> Value {
        var defaults: [Int] = []
        for value in call.arguments[3].elements ?? [] {
            guard case .number(let number) = try Conversion.convert(value, to: .int32, call.runspace),
                let index = number.asInt64.map({ Int($0) })
            else { continue }
            guard choices.indices.contains(index) else {
                throw call.failed(
                    "System.ArgumentOutOfRangeException",
                    "\"defaultChoice\" must be a valid index into \"choices\". \"\(index)\" is not a valid index. (Parameter "
                        + "'defaultChoice')")
            }
            if !defaults.contains(index) { defaults.append(index) }
        }
        let (caption, message) = (try call.string(0), try call.string(1))
        return try wrapping(call) { () throws(Stop) in
            .list(
                ListObject(
                    try call.runspace.host.chooseSeveral(
                        caption: caption, message: message, choices: choices, defaults: defaults
                    ).map { .count($0) }, kind: .collection))
        }
    }

    // MARK: Fields

    private static func prompt(_ call: MethodCall) throws(Stop) -> Value {
        let runspace = call.runspace
        let given = call.arguments[2].isNull ? [] : call.arguments[2].elements ?? [call.arguments[2]]
        let fields = given.map { $0.asObject as? FieldObject ?? FieldObject($0.display) }
        guard !fields.isEmpty else {
            throw call.failed(
                "System.ArgumentException",
                "The \"descriptions\" collection must have at least one element. (Parameter 'descriptions')")
        }
        let questions = fields.map {
            FieldQuestion(name: $0.name, type: $0.type, help: $0.help.isEmpty ? nil : $0.help)
        }
        let (caption, message) = (try call.string(0), try call.string(1))
        return try wrapping(call) { () throws(Stop) in
            try runspace.host.checkAnswers()
            runspace.host.write(FieldQuestion.heading(caption: caption, message: message, questions))
            let answers = TableObject(kind: .dictionary)
            for question in questions {
                // Input that ends is an answer to none of the questions.
                guard let answer = try question.ask(runspace) else { return .table(TableObject(kind: .dictionary)) }
                answers[question.name] = try Conversion.convert(answer, to: question.type, runspace)
            }
            return .table(answers)
        }
    }
}
