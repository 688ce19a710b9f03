import Foundation

/// A process that scripts wait for and end.
package protocol WaitableProcess: HostedBody {
    /// Waits until it has gone, or for so many milliseconds; false then.
    func wait(milliseconds: Int64?, _ interrupt: Interrupt) throws(Stop) -> Bool
    /// Ends it at once.
    func kill() throws(Stop)
}

/// Methods of `System.Diagnostics.Process`.
enum ProcessMembers {
    static let tables: [TypeMembers] = [
        TypeMembers("System.Diagnostics.Process") {
            $0.method("WaitForExit", "void WaitForExit(), bool WaitForExit(int milliseconds)", 0...1) {
                call throws(Stop) in
                guard let process = process(call) else { throw call.noOverload() }
                guard call.count == 1 else {
                    _ = try process.wait(milliseconds: nil, call.runspace.interrupt)
                    return .nothing
                }
                guard case .number(.long(let limit)) = try call.convert(0, .int64) else { throw call.noOverload() }
                return .bool(try process.wait(milliseconds: limit < 0 ? nil : limit, call.runspace.interrupt))
            }
            $0.method("Kill", "void Kill(), void Kill(bool entireProcessTree)", 0...1) { call throws(Stop) in
                try process(call)?.kill()
                return .nothing
            }
            $0.staticMethod("GetCurrentProcess", "static System.Diagnostics.Process GetCurrentProcess()", 0...0) {
                call throws(Stop) in
                let sink = CollectingSink()
                let id = Value.int(ProcessInfo.processInfo.processIdentifier)
                try call.runspace.run(
                    command: "Get-Process", arguments: [Argument(.parameter("Id", id))], frame: call.frame, output: sink
                )
                return sink.result
            }
            for name in ["Refresh", "Dispose", "Close"] {
                // What is asked of a process is read anew each time, and nothing of it is held.
                $0.method(name, "void \(name)()", 0...0) { _ throws(Stop) in .nothing }
            }
        }
    ]

    private static func process(_ call: MethodCall) -> (any WaitableProcess)? {
        (call.target.asObject as? HostedObject)?.body as? any WaitableProcess
    }
}
