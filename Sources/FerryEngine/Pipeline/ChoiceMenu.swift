/// A question with lettered answers, as text: what a host writes for `choose` and how it reads what was typed.
///
/// Shape: `[Y] Yes  [A] Yes to All  [N] No  [?] Help (default is "Y"): `.
package struct ChoiceMenu {
    private let labels: [(key: String, text: String)]
    private let choices: [Choice]
    private let defaultChoice: Int

    package init(_ choices: [Choice], defaultChoice: Int) {
        self.choices = choices
        self.defaultChoice = defaultChoice
        labels = choices.map { (key: Self.key(of: $0.label), text: $0.label.filter { $0 != "&" }) }
    }

    /// Caption and message, a line each, an empty line before the caption.
    package static func question(caption: String, message: String) -> String {
        (caption.isEmpty ? "" : "\n\(caption)\n") + (message.isEmpty ? "" : message + "\n")
    }

    package var line: String {
        labels.map { "[\($0.key)] \($0.text)" }.joined(separator: "  ")
            + "  [?] Help"
            + (labels.indices.contains(defaultChoice) ? " (default is \"\(labels[defaultChoice].key)\"): " : ": ")
    }

    /// How many answers a question takes that may have several.
    static let answerLimit = 1_000

    /// The choices a line each, for a question that may have several answers.
    func list(defaults: [Int]) -> String {
        let keys = defaults.map { labels[$0].key.isEmpty ? labels[$0].text : labels[$0].key }.joined(separator: ",")
        let standard =
            switch defaults.count {
            case 0: ""
            case 1: "(default is \"\(keys)\")\n"
            default: "(default choices are \(keys))\n"
            }
        return labels.map { "[\($0.key)] \($0.text)  \n" }.joined() + "[?] Help \n" + standard
    }

    /// What `?` shows.
    package var help: String { zip(labels, choices).map { "\($0.key) - \($1.help)\n" }.joined() }

    /// The choice an answer means: by letter or whole label, in any case; nothing typed is the default. nil when it means none.
    package func index(of answer: String) -> Int? {
        let typed = answer.trimmingPrefix { $0 == " " }.lowercased()
        if typed.isEmpty { return labels.indices.contains(defaultChoice) ? defaultChoice : nil }
        return labels.firstIndex { $0.key.lowercased() == typed || $0.text.lowercased() == typed }
    }

    static func key(of label: String) -> String {
        guard let mark = label.firstIndex(of: "&"), label.index(after: mark) < label.endIndex else {
            return String(label.prefix(1))
        }
        return String(label[label.index(after: mark)]).uppercased()
    }
}
