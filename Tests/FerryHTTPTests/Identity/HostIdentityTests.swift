import FerryCore
import FerryHTTP
import Foundation
import Testing

@Suite struct HostIdentityTests {
    @Test func `the second start finds the key of the first`() async throws {
        try await withFolder { folder in
            let first = try HostIdentity.open(folder: folder, hostName: "NODE1")
            let second = try HostIdentity.open(folder: folder, hostName: "NODE1")
            #expect(first.fingerprint == second.fingerprint)
            #expect(first.fingerprint.count == 64)
            #expect(first.fingerprint.allSatisfy { "0123456789abcdef".contains($0) })

            let path = "\(folder)/\(HostIdentity.fileName)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [HostIdentity.fileName])
        }
    }

    @Test func `two hosts have two keys`() throws {
        #expect(
            try HostIdentity.make(hostName: "NODE1").fingerprint != HostIdentity.make(hostName: "NODE1").fingerprint)
    }

    @Test func `the fingerprint is what openssl says of the certificate's key`() async throws {
        try await withFolder { folder in
            let identity = try HostIdentity.open(folder: folder, hostName: "NODE1")
            let path = "\(folder)/\(HostIdentity.fileName)"
            let text = try run("openssl x509 -in \(path) -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum")
            #expect(text.hasPrefix(identity.fingerprint))
            let dates = try run("openssl x509 -in \(path) -noout -enddate -subject")
            #expect(dates.contains("9999"))
            #expect(dates.contains("NODE1"))
        }
    }

    @Test(arguments: ["", "not PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `a damaged file is an error, never a reason for a new key`(content: String) async throws {
        try await withFolder { folder in
            let path = "\(folder)/\(HostIdentity.fileName)"
            try write(content, to: path)
            let failure = #expect(throws: Failure.self) { try HostIdentity.open(folder: folder, hostName: "NODE1") }
            #expect(failure?.is(HTTPFault.identityUnreadable) == true)
            #expect(failure?.message.contains(path) == true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
        }
    }

    @Test func `a certificate that belongs to another key is refused`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/\(HostIdentity.fileName)"
            var halves: [String] = []
            for name in ["a", "b"] {
                _ = try HostIdentity.open(folder: folder, hostName: name)
                halves.append(try String(contentsOfFile: path, encoding: .utf8))
                try FileManager.default.removeItem(atPath: path)
            }
            let certificate = try #require(halves[0].components(separatedBy: "-----BEGIN PRIVATE KEY").first)
            let key = try #require(halves[1].components(separatedBy: "-----BEGIN PRIVATE KEY").last)
            try write(certificate + "-----BEGIN PRIVATE KEY" + key, to: path)
            let failure = #expect(throws: Failure.self) { try HostIdentity.open(folder: folder, hostName: "NODE1") }
            #expect(failure?.message.contains("does not belong to its private key") == true)
        }
    }

    @Test func `a key that others may read is refused, and so is a link`() async throws {
        try await withFolder { folder in
            let path = "\(folder)/\(HostIdentity.fileName)"
            _ = try HostIdentity.open(folder: folder, hostName: "NODE1")
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let open = #expect(throws: Failure.self) { try HostIdentity.open(folder: folder, hostName: "NODE1") }
            #expect(open?.message.contains("others may read") == true)

            try FileManager.default.moveItem(atPath: path, toPath: "\(folder)/elsewhere")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder)/elsewhere")
            #expect(throws: Failure.self) { try HostIdentity.open(folder: folder, hostName: "NODE1") }
        }
    }

    @Test func `a folder that is not there is named`() {
        let failure = #expect(throws: Failure.self) {
            try HostIdentity.open(folder: "/nowhere/at/all", hostName: "NODE1")
        }
        #expect(failure?.is(HTTPFault.identityNotStored) == true)
        #expect(failure?.message.contains("/nowhere/at/all") == true)
    }

    private func write(_ text: String, to path: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func run(_ command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
