/// The words of a command bound to its parameters as far as their writing tells: what is named, what stands at a position, and for
/// which parameters the next word could be.
struct WrittenArguments {
    /// Texts by folded parameter name.
    private(set) var bound: [String: [String]] = [:]
    /// What the word after the last one is for.
    private(set) var next: [ParameterSpec] = []

    /// - Parameters:
    ///   - words: of the command, its name first.
    ///   - followsComma: whether the next word goes on with the last one's list.
    init(_ words: [CompletionScan.Word], _ signature: Signature, followsComma: Bool = false) {
        var pending: ParameterSpec?
        var last: ParameterSpec?
        var lastPosition = -1
        for word in words.dropFirst() {
            // A splatted table names its parameters itself.
            if word.raw.hasPrefix("@"), !word.raw.hasPrefix("@("), !word.raw.hasPrefix("@{") { continue }
            if let (name, value) = Self.parameter(word.raw) {
                pending = nil
                guard let spec = Self.find(name, signature) else {
                    last = nil
                    continue
                }
                bound[spec.key, default: []] += value.map { [CompletionScan.unquoted($0)] } ?? []
                last = spec
                if value == nil, !spec.isSwitch { pending = spec }
            } else if word.followsComma, let last {
                bound[last.key, default: []].append(word.text)
            } else if let spec = pending {
                bound[spec.key, default: []].append(word.text)
                (last, pending) = (spec, nil)
            } else if let spec = Self.positional(after: lastPosition, signature, bound).first {
                lastPosition = Self.position(spec) ?? lastPosition
                bound[spec.key, default: []].append(word.text)
                last = spec
            }
        }
        if let pending {
            next = [pending]
        } else if followsComma, let last {
            next = [last]
        } else {
            next = Self.positional(after: lastPosition, signature, bound)
        }
    }

    /// Name and inline value of `-Name`, `-Name:value`; nil for what is no parameter.
    static func parameter(_ raw: String) -> (name: String, value: String?)? {
        guard raw.hasPrefix("-"), let second = raw.dropFirst().first, second.isLetter else { return nil }
        let body = raw.dropFirst()
        guard let colon = body.firstIndex(of: ":") else { return (String(body), nil) }
        let value = String(body[body.index(after: colon)...])
        return (String(body[..<colon]), value.isEmpty ? nil : value)
    }

    /// By name, alias, or the only name that begins so.
    static func find(_ name: String, _ signature: Signature) -> ParameterSpec? {
        if let exact = signature.parameter(named: name) { return exact }
        let candidates = signature.parameters.filter { $0.key.hasPrefix(name.folded) }
        if candidates.count == 1 { return candidates[0] }
        let own = candidates.filter { !$0.isCommon }
        return own.count == 1 ? own[0] : nil
    }

    private static func position(_ spec: ParameterSpec) -> Int? { spec.roles.values.compactMap(\.position).min() }

    /// The parameters of the next free position, one a parameter set.
    private static func positional(after last: Int, _ signature: Signature, _ bound: [String: [String]])
        -> [ParameterSpec]
    {
        let free = signature.parameters.compactMap { spec -> (ParameterSpec, Int)? in
            guard bound[spec.key] == nil, let position = position(spec), position > last || remaining(spec) else {
                return nil
            }
            return (spec, position)
        }
        guard let lowest = free.map(\.1).min() else {
            return signature.parameters.filter(remaining)
        }
        return free.filter { $0.1 == lowest }.map(\.0)
    }

    private static func remaining(_ spec: ParameterSpec) -> Bool { spec.roles.values.contains(where: \.takesRemaining) }
}
