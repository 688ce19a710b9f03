/// The parameters of a signature that have a part in each of a binder's questions, by place: few have one in any, and every command
/// of a script asks all of them.
final class ParameterPlaces: Sendable {
    /// Take the pipeline's objects, in some set.
    let input: [Int]
    let mandatory: [Int]
    let positional: [Int]
    /// Take the arguments that are left.
    let remaining: [Int]

    init(_ parameters: [ParameterSpec]) {
        func places(where hasPart: (ParameterRole) -> Bool) -> [Int] {
            parameters.indices.filter { parameters[$0].roles.values.contains(where: hasPart) }
        }
        input = places { !$0.pipeline.isEmpty }
        mandatory = places { $0.isMandatory }
        positional = places { $0.position != nil }
        remaining = places { $0.takesRemaining }
    }
}
