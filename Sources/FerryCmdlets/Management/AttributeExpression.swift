import FerryEngine

/// `Get-ChildItem -Attributes`: `Directory+!Hidden, ReparsePoint`. A comma is or, a plus sign and, an exclamation mark not.
struct AttributeExpression {
    private static let names = [
        "readonly", "hidden", "system", "directory", "archive", "device", "normal", "temporary", "sparsefile",
        "reparsepoint", "compressed", "offline", "notcontentindexed", "encrypted",
    ]
    private static let short = ["d": "directory", "h": "hidden", "r": "readonly", "s": "system"]

    private let alternatives: [[(name: String, isWanted: Bool)]]

    /// nil when a word is no attribute.
    init?(_ text: String) {
        var alternatives: [[(name: String, isWanted: Bool)]] = []
        for alternative in text.split(separator: ",", omittingEmptySubsequences: false) {
            var terms: [(name: String, isWanted: Bool)] = []
            for term in alternative.split(separator: "+", omittingEmptySubsequences: false) {
                var word = String(term).trimmed.folded
                let isWanted = !word.hasPrefix("!")
                if !isWanted { word = String(word.dropFirst()).trimmed }
                word = Self.short[word] ?? word
                guard Self.names.contains(word) else { return nil }
                terms.append((word, isWanted))
            }
            alternatives.append(terms)
        }
        self.alternatives = alternatives
    }

    /// Asking for hidden ones shows them.
    var namesHidden: Bool { alternatives.contains { $0.contains { $0.name == "hidden" && $0.isWanted } } }

    func fits(_ item: FileItem) -> Bool {
        let own = Set(item.attributes.map(\.folded))
        return alternatives.contains { terms in terms.allSatisfy { own.contains($0.name) == $0.isWanted } }
    }
}
