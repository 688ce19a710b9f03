/// What could stand at a place of a line, as another host says it. Places count UTF-16 units.
package struct RemoteCompletion: Sendable, Equatable {
    package struct Match: Sendable, Equatable {
        package var text: String
        package var shown: String
        /// `CompletionResultType`.
        package var kind: String
    }

    package var start = 0
    package var count = 0
    package var matches: [Match] = []
}
