import FerryHost
import FerryLinux
import Testing

@Suite struct HypervisorTests {
    struct Row: Sendable, CustomStringConvertible {
        var choice: AcceleratorChoice
        var virtualises: Bool
        var opensDevice: Bool
        var accelerator: Accelerator
        var isBaselineEnforced = false

        var description: String { "\(choice), vmx or svm \(virtualises), /dev/kvm \(opensDevice)" }
    }

    private static let table = [
        Row(choice: .auto, virtualises: true, opensDevice: true, accelerator: .kvm, isBaselineEnforced: true),
        Row(choice: .auto, virtualises: true, opensDevice: false, accelerator: .tcg),
        Row(choice: .auto, virtualises: false, opensDevice: true, accelerator: .tcg),
        Row(choice: .auto, virtualises: false, opensDevice: false, accelerator: .tcg),
        // Forced: the administrator knows better, and QEMU says so where that is wrong.
        Row(choice: .kvm, virtualises: true, opensDevice: true, accelerator: .kvm),
        Row(choice: .kvm, virtualises: true, opensDevice: false, accelerator: .kvm),
        Row(choice: .kvm, virtualises: false, opensDevice: true, accelerator: .kvm),
        Row(choice: .kvm, virtualises: false, opensDevice: false, accelerator: .kvm),
        Row(choice: .tcg, virtualises: true, opensDevice: true, accelerator: .tcg),
        Row(choice: .tcg, virtualises: true, opensDevice: false, accelerator: .tcg),
        Row(choice: .tcg, virtualises: false, opensDevice: true, accelerator: .tcg),
        Row(choice: .tcg, virtualises: false, opensDevice: false, accelerator: .tcg),
    ]

    @Test(arguments: table)
    func `KVM is chosen where processor and device allow it, and either can be forced`(row: Row) {
        let processors = row.virtualises ? "flags\t\t: fpu vmx" : "flags\t\t: fpu"
        let kernel = KernelCapabilities(
            release: "6.12.0", tracker: .available,
            kvm: KernelCapabilities.kvm(processors: processors, opensDevice: row.opensDevice),
            opensKVMDevice: row.opensDevice)
        let chosen = Hypervisor.choose(row.choice, kernel)
        #expect(chosen.accelerator == row.accelerator && chosen.isBaselineEnforced == row.isBaselineEnforced)
    }
}
