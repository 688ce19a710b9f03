/// What stands behind `$`: `x`, `global:x`, `env:PATH`, `using:vm`, `na me`.
package struct VariablePath: Hashable, Sendable {
    package enum Qualifier: Hashable, Sendable {
        case none
        case global, local, script, `private`, using
        /// Another drive, lower-cased: `env`, `function`, `alias`.
        case drive(String)
    }

    package let qualifier: Qualifier
    /// Without the qualifier, as written.
    package let name: String
    /// `name` lower-cased: variables do not distinguish case.
    package let key: String

    /// Reads `text`, which is what stood between `$` or `${` and the end of the variable. `variable:x` is the plain `x`.
    package init(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            self.init(qualifier: .none, name: text)
            return
        }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon].lowercased() {
        case "global": self.init(qualifier: .global, name: rest)
        case "local": self.init(qualifier: .local, name: rest)
        case "script": self.init(qualifier: .script, name: rest)
        case "private": self.init(qualifier: .private, name: rest)
        case "using": self.init(qualifier: .using, name: rest)
        case "variable": self.init(qualifier: .none, name: rest)
        case let drive: self.init(qualifier: .drive(drive), name: rest)
        }
    }

    package init(qualifier: Qualifier, name: String) {
        self.qualifier = qualifier
        self.name = name
        self.key = name.lowercased()
    }

    /// With its qualifier, without `$`.
    package var text: String {
        switch qualifier {
        case .none: name
        case .global: "global:" + name
        case .local: "local:" + name
        case .script: "script:" + name
        case .private: "private:" + name
        case .using: "using:" + name
        case .drive(let drive): drive + ":" + name
        }
    }
}
