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
}
