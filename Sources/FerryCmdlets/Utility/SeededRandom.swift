import FerryEngine

/// The runspace's source of random numbers: what `Get-Random -SetSeed` began goes on in later calls.
final class SeededRandom: RunspaceBelonging {
    var generator = GetRandom.Generator(nil)

    func runspaceEnds() {}

    static func of(_ runspace: Runspace) -> SeededRandom {
        let key = ObjectIdentifier(SeededRandom.self)
        if let kept = runspace.belongings[key] as? SeededRandom { return kept }
        let made = SeededRandom()
        runspace.belongings[key] = made
        return made
    }
}
