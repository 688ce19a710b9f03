package import FerryCore
import FerryLinux
import Glibc

/// Makes disk images with qemu-img.
package struct ImageTool: Sendable {
    private let configuration: HostConfiguration
    /// Who owns what is made; nil leaves it to ferryd's user.
    private let owner: QEMUCommandLine.User?

    package init(_ configuration: HostConfiguration, owner: QEMUCommandLine.User?) {
        self.configuration = configuration
        self.owner = owner
    }

    /// Makes an empty, sparse image, mode 0600. A file of that name is a failure and stays untouched.
    package func create(_ path: String, format: DiskFormat, capacity: ByteCount) throws(Failure) {
        do throws(Failure) {
            // The name is taken first, exclusively: qemu-img would overwrite what is there.
            _ = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        } catch  where error.is(LinuxFault.alreadyExists) {
            throw Failure(
                StorageFault.imageExists, "Making the virtual disk '\(path)' failed: a file of that name exists.",
                target: path)
        }
        do throws(Failure) {
            var command = Command("")
            command.program = try configuration.program(
                configuration.imageTool,
                [
                    "create", "-q", "-f", format.rawValue, "-o",
                    format == .qcow2 ? "preallocation=off,lazy_refcounts=off" : "preallocation=off", path,
                    "\(capacity.bytes)",
                ])
            command.timeout = .seconds(120)
            _ = try command.runSuccessfully()
            if let owner { try Folder.setOwner(path, user: owner.userID, group: owner.groupID) }
        } catch {
            try? DurableFile.remove(path)
            throw Failure(
                StorageFault.imageNotCreated, "Making the virtual disk '\(path)' of \(capacity) failed.", target: path,
                cause: error)
        }
    }
}
