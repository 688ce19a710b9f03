/// What few scopes have. Lives as long as the call the scope is of: who keeps it weakly learns that the call is over.
final class ScopeRarities {
    /// `Set-StrictMode`'s version; `nil` inherits.
    var strictVersion: Int?
}
