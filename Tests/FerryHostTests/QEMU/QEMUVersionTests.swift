import FerryHost
import Testing

@Suite struct QEMUVersionTests {
    @Test(arguments: [
        ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)", QEMUVersion(7, 2, 22)),
        ("QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)", QEMUVersion(10, 0, 13)),
        ("QEMU emulator version 9.1", QEMUVersion(9, 1, 0)),
    ])
    func `the banner tells the version`(banner: String, version: QEMUVersion) {
        #expect(QEMUVersion(banner: banner) == version)
    }

    @Test(arguments: ["", "QEMU", "version", "QEMU emulator version x.y"])
    func `another banner tells none`(banner: String) { #expect(QEMUVersion(banner: banner) == nil) }

    @Test func `ten is more than nine`() { #expect(QEMUVersion(10, 0) > QEMUVersion(9, 2, 5)) }
}
