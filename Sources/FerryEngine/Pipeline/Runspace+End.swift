extension Runspace {
    /// Ends the runspace: stops its jobs, closes the remote sessions it opened, and lets go of everything scripts have made, so that
    /// it is freed with its last reference. Whoever makes a runspace that the program outlives calls this; no code runs in it
    /// afterwards.
    ///
    /// What holds it until then are cycles that no owner could leave out: the frame of typed lines knows its runspace, a function
    /// the session that lists it, and a call that is made often the function it means.
    package func close() {
        let belongings = self.belongings.values
        self.belongings = [:]
        for belonging in belongings { belonging.runspaceEnds() }
        endSessions()
        errors.elements = []
        usingValues = nil
        hostSink = nil
    }
}

/// What a command keeps for a runspace's whole life: its jobs, its remote sessions.
package protocol RunspaceBelonging: AnyObject {
    /// The runspace ends. What goes on by itself is stopped; the wait for that is bounded.
    func runspaceEnds()
}
