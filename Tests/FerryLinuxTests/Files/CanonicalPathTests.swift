import FerryCore
import FerryLinux
import FerryTestKit
import Glibc
import Testing

@Suite struct CanonicalPathTests {
    private let folder: TemporaryDirectory
    private var root: String { folder.file("root") }

    init() throws {
        folder = try TemporaryDirectory()
        try Folder.create(folder.file("root/inside"))
        try Folder.create(folder.file("root2"))
        try Folder.create(folder.file("outside"))
        _ = unsafe symlink(folder.file("outside"), folder.file("root/escape"))
        _ = unsafe symlink(folder.file("root/inside"), folder.file("way-in"))
        _ = unsafe symlink("nowhere", folder.file("root/dangling"))
    }

    @Test(arguments: [
        "root", "root/inside", "root/inside/new", "root/new/deeper/disk.qcow2", "way-in/disk", "root/./inside",
    ])
    func `paths in the root lie under it`(path: String) throws {
        #expect(try CanonicalPath.lies(folder.file(path), under: root))
    }

    @Test(arguments: ["root2", "root2/x", "outside/x", "root/escape/x", "root/inside/../../outside/x", "x"])
    func `paths that lead out do not, whatever they look like`(path: String) throws {
        #expect(try !CanonicalPath.lies(folder.file(path), under: root))
    }

    @Test(arguments: ["root/new/../../x", "root/dangling", "root/dangling/x"])
    func `a path that cannot be resolved is refused`(path: String) throws {
        #expect(throws: Failure.self) { try CanonicalPath.lies(folder.file(path), under: root) }
    }

    @Test(arguments: ["", "relative", "/a\nb", "/a\0b", "/" + String(repeating: "x", count: 5000)])
    func `a malformed path is refused before the file system sees it`(path: String) {
        let failure = #expect(throws: Failure.self) { try CanonicalPath.forCreation(path) }
        #expect(failure?.is(LinuxFault.invalidPath) == true)
    }
}
