import FerryLinux
import FerryTestKit
import Testing

@Suite struct KernelCapabilitiesTests {
    @Test(.needs(.root)) func `the tracker is there from Linux 6.7 on, and named with the kernel it needs before`() {
        let found = KernelCapabilities.probe()
        let numbers = found.release.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
        #expect(numbers.count == 2, "\(found.release)")
        if numbers[0] > 6 || numbers[0] == 6 && numbers[1] >= 7 {
            #expect(found.tracker == .available)
        } else {
            #expect(found.tracker.reason?.contains("6.7") == true)
        }
    }

    @Test func `hardware virtualisation is never claimed without the device`() {
        let found = KernelCapabilities.probe()
        if found.kvm.isAvailable { #expect(found.opensKVMDevice) } else { #expect(found.kvm.reason?.isEmpty == false) }
    }

    @Test(
        arguments: [
            ("flags\t\t: fpu vme vmx sse", true, nil), ("flags\t\t: fpu svm", true, nil),
            ("flags\t\t: fpu vmx", false, "/dev/kvm does not open."),
            ("flags\t\t: fpu sse", true, "The processor shows neither vmx nor svm."),
            // A name that only contains it, another line that names it, and no processor at all.
            ("flags\t\t: avx512_vmx", true, "The processor shows neither vmx nor svm."),
            ("model name\t: svm\nflags\t\t: fpu", true, "The processor shows neither vmx nor svm."),
            ("", true, "The processor shows neither vmx nor svm."),
        ] as [(String, Bool, String?)])
    func `hardware virtualisation takes a processor that has it and a device that opens`(
        processors: String, opensDevice: Bool, reason: String?
    ) {
        #expect(KernelCapabilities.kvm(processors: processors, opensDevice: opensDevice).reason == reason)
    }
}

@Suite struct GuestMemoryLibraryTests {
    @Test(.needs(.program("readelf", package: "binutils")))
    func `the library preloaded into QEMU needs nothing but the C library`() throws {
        let readelf = try Program.require("readelf", package: "binutils")
        let text = try Command(readelf, ["--dynamic", BuiltProduct.guestMemoryLibrary()]).runSuccessfully().outputText
        let needed = text.split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(needed.count == 1)
        #expect(needed.first?.contains("[libc.so.6]") == true)
    }

    @Test func `it opens a userfaultfd and hides itself from what the program starts`() throws {
        var command = Command("/bin/sh", ["-c", "ls -l /proc/$$/fd; echo \"preload <$LD_PRELOAD>\""])
        command.program.environment["LD_PRELOAD"] = try BuiltProduct.guestMemoryLibrary()
        let result = try command.runSuccessfully()
        if result.errorText.isEmpty {
            #expect(result.outputText.contains("anon_inode:[userfaultfd]"))
        } else {
            #expect(result.errorText.hasPrefix("ferry: this machine cannot be moved while it runs: userfaultfd: "))
        }
        #expect(result.outputText.contains("preload <>"))
    }
}
