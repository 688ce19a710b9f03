/// A file the machine boots from directly (`-kernel`, `-initrd`), which travels with it because the target's hypervisor needs
/// it before it starts, and again at the next reboot.
package struct BootFile: Sendable, Hashable {
    package var kind: BootFileKind
    package var path: String

    /// Most bytes of one: what a peer may make this host store.
    package static let sizeLimit: UInt64 = 2 << 30

    package init(kind: BootFileKind, path: String) {
        self.kind = kind
        self.path = path
    }
}
