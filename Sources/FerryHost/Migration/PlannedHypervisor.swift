package import FerryCore
package import FerryLinux
package import FerryTransfer

/// What the host does for a target guest: starting and ending the planned machine's QEMU, and keeping its files.
package protocol PlannedHypervisor: AnyObject, Sendable {
    /// Where a file the machine boots from goes.
    func path(of file: BootFileKind) throws(Failure) -> String

    /// Starts QEMU, which then waits for `migrate-incoming`. Called once.
    func launch() throws(Failure) -> (client: QMPClient, process: ProcessHandle)

    /// Kills QEMU, if there is one, and waits for its exit. Idempotent.
    func kill() throws(Failure)
}
