import FerryContract
import FerryCore
import FerryHost
import Foundation
import Synchronization
import Testing

@Suite struct HostTrustTests {
    private let world: TrustWorld
    init() throws { world = try TrustWorld() }

    private func token(_ host: HostTrust, seconds: UInt32 = 600, address: String? = nil) throws -> TrustToken {
        try host.newToken(NewTrustTokenRequest(validitySeconds: seconds, address: address))
    }

    /// On a thread of its own: a host waits for another one's answer by blocking, never on the pool.
    private func add(_ host: HostTrust, _ token: String) async throws(Failure) -> TrustReport {
        try await BlockingWork.value("test") { () throws(Failure) in try host.add(AddTrustRequest(token: token)) }
    }

    private func refusal(_ fault: TrustFault, _ body: () async throws -> Void) async -> Failure? {
        do { try await body() } catch let failure as Failure where failure.is(fault) { return failure } catch {
            return nil
        }
        return nil
    }

    @Test func `one token makes two hosts trust each other, and both remember it`() async throws {
        let one = try world.start("NODE1", 2)
        let two = try world.start("NODE2", 3)
        let token = try token(one)
        #expect(token.fingerprint == TrustWorld.fingerprint(2))
        #expect(token.expires == 1_800_000_600)

        let added = try await add(two, token.token)
        #expect(added.name == "NODE1")
        #expect(added.address == "127.0.0.2")

        for _ in 1...2 {
            let again = (try world.start("NODE1", 2), try world.start("NODE2", 3))
            let first = try again.0.trusts(GetTrustsRequest())
            let second = try again.1.trusts(GetTrustsRequest())
            #expect(first.map(\.name) == ["NODE2"])
            #expect(first.map(\.address) == ["127.0.0.3"])
            #expect(first.map(\.fingerprint) == [TrustWorld.fingerprint(3)])
            #expect(second == [added])
            #expect(again.0.trustedHost(fingerprint: TrustWorld.fingerprint(3))?.name == "NODE2")
            #expect(again.0.trustedHost(fingerprint: TrustWorld.fingerprint(9)) == nil)
            #expect(again.1.trustedHost(named: "node1") == added)
            #expect(again.1.trustedHost(named: "127.0.0.2") == added)
            #expect(again.1.trustedHost(named: "NODE") == nil)
        }
    }

    @Test func `a token serves once`() async throws {
        let one = try world.start("NODE1", 2)
        let token = try token(one).token
        _ = try await add(world.start("NODE2", 3), token)
        let failure = await refusal(.tokenUsed) { _ = try await add(world.start("NODE3", 4), token) }
        #expect(failure?.message.contains("'NODE2'") == true)
        // Also after a restart of the host that made it.
        try world.start("NODE1", 2)
        #expect(await refusal(.tokenUsed) { _ = try await add(world.start("NODE3", 4), token) } != nil)
        #expect(try one.trusts(GetTrustsRequest()).map(\.name) == ["NODE2"])
    }

    @Test func `an expired token is refused at its second, and an open one survives a restart`() async throws {
        let one = try world.start("NODE1", 2)
        let token = try token(one, seconds: 60).token
        world.time.withLock { $0 += 60 }
        #expect(await refusal(.tokenExpired) { _ = try await add(world.start("NODE2", 3), token) } != nil)
        world.time.withLock { $0 -= 1 }
        try world.start("NODE1", 2)
        _ = try await add(world.start("NODE2", 3), token)
    }

    @Test func `a host does not take its own token`() async throws {
        let one = try world.start("NODE1", 2)
        let token = try token(one).token
        #expect(await refusal(.tokenIsOwn) { _ = try await add(one, token) } != nil)
        // It is still good for another.
        _ = try await add(world.start("NODE2", 3), token)
    }

    @Test func `what is not a token says so and is never quoted`() async throws {
        let two = try world.start("NODE2", 3)
        let good = try token(try world.start("NODE1", 2)).token
        var texts = [
            "", "x", "hello world!", "%%%", String(repeating: "A", count: 5000), String(repeating: "A", count: 140),
        ]
        texts += (0..<good.count).map { String(good.prefix($0)) }
        for text in texts {
            let failure = await refusal(.tokenMalformed) { _ = try await add(two, text) }
            #expect(
                failure != nil, Comment(rawValue: "accepted or failed otherwise: \(text.prefix(20))… \(text.count)"))
            if text.count > 8 { #expect(failure?.description.contains(text) == false) }
        }
        // A changed character is noticed wherever it is.
        for index in good.indices {
            var text = good
            text.replaceSubrange(index...index, with: good[index] == "A" ? "B" : "A")
            #expect(await refusal(.tokenMalformed) { _ = try await add(two, text) } != nil)
        }
        // White space comes with copying from a terminal.
        _ = try await add(two, " " + good.prefix(40) + "\n" + good.dropFirst(40) + " ")
    }

    @Test func `an invented secret opens nothing`() async throws {
        let one = try world.start("NODE1", 2)
        _ = try token(one)
        let presenter = TrustReport(
            name: "EVIL", address: "127.0.0.9", controlPort: 1, dataPort: 1, fingerprint: TrustWorld.fingerprint(9),
            trustedSince: 0)
        for secret in ["", "!", Data(count: 32).base64EncodedString(), Data(count: 4096).base64EncodedString()] {
            let failure = await refusal(.tokenUnknown) {
                _ = try one.present(
                    PresentTrustTokenRequest(secret: secret, presenter: presenter),
                    fingerprint: presenter.fingerprint, address: "127.0.0.9")
            }
            #expect(failure != nil)
        }
        #expect(try one.trusts(GetTrustsRequest()).isEmpty)
    }

    @Test func `the secret is not on the disk`() throws {
        let one = try world.start("NODE1", 2)
        let text = try token(one).token
        let padded = text.replacing("-", with: "+").replacing("_", with: "/")
        let bytes = try #require(
            Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.count % 4) % 4)))
        let secret = bytes[45..<77]
        let stored = try Data(contentsOf: URL(fileURLWithPath: "\(world.folder)/NODE1/trust.json"))
        #expect(stored.range(of: secret) == nil)
        #expect(stored.range(of: Data(secret.base64EncodedString().utf8)) == nil)
        #expect(stored.range(of: Data(secret.map { String(format: "%02x", $0) }.joined().utf8)) == nil)
    }

    @Test func `a presenter must have the key that its certificate has, and a certificate`() async throws {
        let one = try world.start("NODE1", 2)
        let secret = try presentableSecret(of: one)
        let presenter = TrustReport(
            name: "NODE2", address: "127.0.0.3", controlPort: 6601, dataPort: 6600,
            fingerprint: TrustWorld.fingerprint(3),
            trustedSince: 0)
        let request = PresentTrustTokenRequest(secret: secret, presenter: presenter)
        #expect(
            await refusal(.keyMismatch) {
                _ = try one.present(request, fingerprint: TrustWorld.fingerprint(4), address: "127.0.0.4")
            } != nil)
        #expect(
            await refusal(.keyMissing) { _ = try one.present(request, fingerprint: nil, address: "127.0.0.4") } != nil)
        // Neither attempt used the token up.
        let answer = try one.present(request, fingerprint: TrustWorld.fingerprint(3), address: "127.0.0.3")
        #expect(answer.fingerprint == TrustWorld.fingerprint(2))
    }

    @Test(arguments: [
        ("", "127.0.0.3", UInt16(6601)), ("a b", "127.0.0.3", 6601), ("N\u{1B}[31m", "127.0.0.3", 6601),
        (String(repeating: "n", count: 300), "127.0.0.3", 6601), ("NODE2", "10.0.0.1/../", 6601),
        ("NODE2", "10.0.0.1", 0),
    ])
    func `a presenter that describes itself badly is refused and keeps the token`(
        name: String, address: String, port: UInt16
    ) async throws {
        let one = try world.start("NODE1", 2)
        let secret = try presentableSecret(of: one)
        let bad = TrustReport(
            name: name, address: address, controlPort: port, dataPort: 6600, fingerprint: TrustWorld.fingerprint(3),
            trustedSince: 0)
        let failure = await refusal(.presenterInvalid) {
            _ = try one.present(
                PresentTrustTokenRequest(secret: secret, presenter: bad), fingerprint: bad.fingerprint,
                address: "127.0.0.3")
        }
        #expect(failure != nil)
        var good = bad
        (good.name, good.address, good.controlPort) = ("NODE2", "", 6601)
        _ = try one.present(
            PresentTrustTokenRequest(secret: secret, presenter: good), fingerprint: good.fingerprint,
            address: "127.0.0.3")
        #expect(try one.trusts(GetTrustsRequest()).map(\.address) == ["127.0.0.3"])
    }

    @Test func `a name with another key is refused on either side, and the token is kept`() async throws {
        let one = try world.start("NODE1", 2)
        let two = try world.start("NODE2", 3)
        _ = try await add(two, token(one).token)

        // NODE2's machine was replaced by one of the same name.
        let impostor = try world.start("node2", 7)
        let second = try token(one).token
        let atIssuer = await refusal(.nameTaken) { _ = try await add(impostor, second) }
        #expect(atIssuer?.message.contains("'NODE2'") == true)
        #expect(atIssuer?.advice.contains("Remove-VMHostTrust") == true)
        #expect(one.trustedHost(fingerprint: TrustWorld.fingerprint(7)) == nil)

        // NODE1 was set up anew: its token is refused at NODE2 before it is presented.
        let renewed = try world.start("NODE1b", 8)
        _ = renewed
        let fake = HostTrust(
            folder: "\(world.folder)/NODE1b", own: world.own("NODE1", 8, listen: "127.0.0.8"), connector: NoConnector(),
            sha256: TrustWorld.digest, now: { 1_800_000_000 })
        let third = try token(fake).token
        #expect(await refusal(.nameTaken) { _ = try await add(two, third) } != nil)

        // As the error says.
        _ = try one.remove(RemoveTrustRequest(name: "node2"))
        _ = try await add(impostor, second)
        #expect(one.trustedHost(fingerprint: TrustWorld.fingerprint(7))?.name == "node2")
    }

    @Test func `trusting the same key again brings its entry up to date`() async throws {
        let one = try world.start("NODE1", 2)
        _ = try await add(world.start("NODE2", 3), token(one).token)
        world.time.withLock { $0 += 100 }
        let moved = try world.start("NODE2", 3, listen: "10.1.2.3")
        _ = try await add(moved, token(one).token)
        let entries = try one.trusts(GetTrustsRequest())
        #expect(entries.map(\.address) == ["10.1.2.3"])
        #expect(entries.map(\.trustedSince) == [1_800_000_100])
        #expect(try moved.trusts(GetTrustsRequest()).count == 1)
    }

    @Test func `two hosts of one name do not come to trust each other`() async throws {
        let one = try world.start("NODE1", 2)
        let token = try token(one).token
        let same = HostTrust(
            folder: "\(world.folder)", own: world.own("node1", 5, listen: "127.0.0.5"), connector: NoConnector(),
            sha256: TrustWorld.digest, now: { 1_800_000_000 })
        #expect(await refusal(.nameTaken) { _ = try await add(same, token) } != nil)
    }

    @Test func `a host that is down leaves everything as it was, and the token good`() async throws {
        let one = try world.start("NODE1", 2)
        let two = try world.start("NODE2", 3)
        let token = try token(one).token
        world.stop(2)
        let failure = await #expect(throws: Failure.self) { try await add(two, token) }
        #expect(failure?.message.contains("actively refused") == true)
        #expect(try two.trusts(GetTrustsRequest()).isEmpty)
        try world.start("NODE1", 2)
        _ = try await add(two, token)
    }

    @Test func `listing takes wildcards, a literal that is not listed is an error`() async throws {
        let one = try world.start("NODE1", 2)
        for (name, seed) in [("NODE2", UInt8(3)), ("node10", 4), ("OTHER", 5)] {
            _ = try await add(world.start(name, seed), token(one).token)
        }
        #expect(try one.trusts(GetTrustsRequest()).map(\.name) == ["node10", "NODE2", "OTHER"])
        #expect(try one.trusts(GetTrustsRequest(names: ["node*"])).map(\.name) == ["node10", "NODE2"])
        #expect(try one.trusts(GetTrustsRequest(names: ["other", "NODE?"])).map(\.name) == ["NODE2", "OTHER"])
        #expect(try one.trusts(GetTrustsRequest(names: ["x*"])).isEmpty)
        #expect(await refusal(.notTrusted) { _ = try one.trusts(GetTrustsRequest(names: ["NODE9"])) } != nil)

        #expect(try one.remove(RemoveTrustRequest(name: "other")).name == "OTHER")
        #expect(one.trustedHost(fingerprint: TrustWorld.fingerprint(5)) == nil)
        #expect(await refusal(.notTrusted) { _ = try one.remove(RemoveTrustRequest(name: "OTHER")) } != nil)
        #expect(try world.start("NODE1", 2).trusts(GetTrustsRequest()).map(\.name) == ["node10", "NODE2"])
    }

    @Test(arguments: [UInt32(0), 59, 604_801, .max])
    func `a validity outside the limits is refused`(seconds: UInt32) async throws {
        let one = try world.start("NODE1", 2)
        #expect(await refusal(.invalidValidity) { _ = try token(one, seconds: seconds) } != nil)
    }

    @Test func `a host that listens everywhere gives an address of this computer or the one it is told`() async throws {
        let one = try world.start("NODE1", 2, listen: "0.0.0.0")
        _ = try await add(world.start("NODE2", 3), token(one, address: "node1.example.com").token)
        #expect(try world.start("NODE2", 3).trusts(GetTrustsRequest()).map(\.address) == ["node1.example.com"])
        #expect(await refusal(.addressUnknown) { _ = try token(one, address: "not an address") } != nil)
    }

    @Test func `open tokens are limited, and ended ones make room`() async throws {
        let one = try world.start("NODE1", 2)
        for _ in 0..<100 { _ = try token(one, seconds: 60) }
        #expect(await refusal(.tooManyTokens) { _ = try token(one, seconds: 60) } != nil)
        world.time.withLock { $0 += 61 }
        _ = try token(one, seconds: 60)
    }

    @Test
    func `with a list that is torn anywhere nobody is trusted, everybody is told so, and nothing is written over it`()
        async throws
    {
        let one = try world.start("NODE1", 2)
        let token = try token(one).token
        _ = try await add(world.start("NODE2", 3), token)
        let path = "\(world.folder)/NODE1/trust.json"
        let whole = Array(try Data(contentsOf: URL(filePath: path)))
        var texts = (0..<whole.count - 1).map { Array(whole[..<$0]) }
        texts += ["[]", #"{"version": 9, "list": {"hosts": []}, "tokens": {"issued": []}}"#].map { Array($0.utf8) }
        // In the middle: the key of a trusted host is not one any more.
        texts.append(Array(String(decoding: whole, as: UTF8.self).replacing(#""fingerprint" :"#, with: #""" :"#).utf8))
        for text in texts {
            try Data(text).write(to: URL(filePath: path))
            let host = try world.start("NODE1", 2)
            #expect(host.trustedHost(fingerprint: TrustWorld.fingerprint(3)) == nil)
            #expect(host.trustedHost(named: "NODE2") == nil)
            for refusal in [
                #expect(throws: Failure.self) { try host.trusts(GetTrustsRequest()) },
                #expect(throws: Failure.self) { try host.remove(RemoveTrustRequest(name: "NODE2")) },
                #expect(throws: Failure.self) { _ = try self.token(host) }, host.damage,
            ] {
                #expect(refusal?.is(HostFault.documentDamaged) == true)
                #expect(refusal?.message.hasPrefix("No host is trusted by 'NODE1'") == true)
                #expect(refusal?.advice.contains(path) == true)
            }
            #expect(Array(try Data(contentsOf: URL(filePath: path))) == text)
        }
        try Data(whole).write(to: URL(filePath: path))
        let mended = try world.start("NODE1", 2)
        #expect(mended.damage == nil && mended.trustedHost(named: "NODE2") != nil)
    }

    @Test(arguments: TrustFault.allCases)
    func `every fault has advice`(fault: TrustFault) {
        #expect(!fault.advice.isEmpty)
    }

    /// Makes a token and takes the secret out of its text, as the other host would.
    private func presentableSecret(of host: HostTrust) throws -> String {
        let text = try token(host).token.replacing("-", with: "+").replacing("_", with: "/")
        let bytes = try #require(Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)))
        return bytes[45..<77].base64EncodedString()
    }
}

private struct NoConnector: PeerConnector {
    func connection(to host: TrustReport) throws(Failure) -> any HostConnection {
        throw Failure(HostFault.hostStopping, "Nothing is reached from here.")
    }
}
