package import FerryCore
import FerryLinux

/// Programs and libraries of this package, as built beside the running test.
package enum BuiltProduct {
    /// The folder of the build: `FERRY_BUILD_FOLDER`, else where the test program lies.
    package static func folder() throws(Failure) -> String {
        if let given = Program.environmentValue("FERRY_BUILD_FOLDER") { return given }
        let program = try CanonicalPath.of("/proc/self/exe")
        return program.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }

    /// The path of `ferry`, `ferryd` or a library. A product that was not built is a failure: `swift build` makes them all.
    package static func path(_ name: String) throws(Failure) -> String {
        let path = "\(try folder())/\(name)"
        guard try FileIdentity.ifPresent(path) != nil else {
            throw Failure(LinuxFault.notFound, "\(path) was not built.", target: path, advice: "Run: swift build")
        }
        return path
    }

    /// The library that is preloaded into QEMU.
    package static func guestMemoryLibrary() throws(Failure) -> String { try path("libFerryGuestMemory.so") }
}
