import FerryEngine

extension CommandIO {
    /// Starts a job that runs the calling command with these arguments in a runspace of its own, and puts the job out. What the
    /// command had to ask has been asked.
    func startCommandJob(location: String, arguments: [(name: String, value: Value)]) throws(Stop) {
        let name = call.signature.name
        let task = CommandTask(name, arguments: arguments, self)
        let job = jobs.make(name: nil, kind: JobKind.machine, location: location, command: name, children: [])
        jobs.background.submit(job, task.body)
        try emit(JobObject(job).value)
    }
}
