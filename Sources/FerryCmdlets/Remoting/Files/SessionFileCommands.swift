package import FerryEngine

/// What `Copy-Item -ToSession` and `-FromSession` run on the host of a session. Only sessions have these commands.
package enum SessionFileCommands {
    /// - Parameter arrivals: of the session; whoever ends it closes them.
    package static func register(in runspace: Runspace, _ arrivals: ArrivingFiles) {
        runspace.services[ObjectIdentifier(ArrivingFiles.self)] = arrivals
        runspace.register(
            CommandModule(
                "Ferry.SessionFiles",
                commands: [
                    GetSessionItem.self, NewSessionFolder.self, ReadSessionFile.self, WriteSessionFile.self,
                ]))
    }
}
