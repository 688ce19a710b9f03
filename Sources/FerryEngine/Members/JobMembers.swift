import Glibc

/// A job as scripts see it.
package protocol JobBody: HostedBody {
    var job: Job { get }
}

/// Methods of `System.Management.Automation.Job`.
enum JobMembers {
    static let tables: [TypeMembers] = [
        TypeMembers("System.Management.Automation.Job") {
            $0.method("StopJob", "void StopJob(), void StopJob(bool force, string reason)", 0...2) {
                call throws(Stop) in
                let job = job(call)
                job?.stop()
                while job?.state.isFinished == false {
                    try call.runspace.interrupt.check()
                    usleep(5_000)
                }
                return .nothing
            }
            $0.method("StopJobAsync", "void StopJobAsync(), void StopJobAsync(bool force, string reason)", 0...2) {
                call throws(Stop) in
                job(call)?.stop()
                return .nothing
            }
            for name in ["LoadJobStreams", "UnloadJobStreams", "Dispose"] {
                // The streams are where they are, and go with the job.
                $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
            }
        },
        TypeMembers("System.Management.Automation.Job2") {
            for name in ["StartJob", "StartJobAsync"] {
                // One that waits for its turn begins; all others have begun.
                $0.method(name, "void \(name)()", 0...0) { call throws(Stop) in
                    let table = call.runspace.belongings[ObjectIdentifier(JobTable.self)] as? JobTable
                    if let job = job(call) { table?.threads.startNow(job) }
                    return .nothing
                }
            }
            for name in [
                "SuspendJob", "ResumeJob", "UnblockJob", "SuspendJobAsync", "ResumeJobAsync", "UnblockJobAsync",
            ] {
                $0.method(name, "void \(name)()", 0...2) { call throws(Stop) in
                    throw call.failed(
                        "System.Management.Automation.PSNotSupportedException", "Operation is not supported.")
                }
            }
        },
    ]

    private static func job(_ call: MethodCall) -> Job? {
        ((call.target.asObject as? HostedObject)?.body as? any JobBody)?.job
    }
}
