import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Foundation
import Testing

extension Tag {
    /// Takes more than a second.
    @Tag static var slow: Self
}

/// Real `ferryd` processes, real QEMU, and something that goes wrong at a point of a move, again and again.
///
/// `FERRY_FAULT_CASES` says how many cases, `FERRY_FAULT_SEED` where in the catalogue they begin (without it: the same place each
/// time, so that a change is judged by itself; `Tests/fault-loop` begins at another place each day), `FERRY_FAULT_ONLY` names a
/// single one.
@Suite(.tags(.slow), .serialized, .needs(.qemu, .root, .kernelTracker), .needs(CounterGuest.requirements))
struct FaultLoopTests {
    private static let count = Program.environmentValue("FERRY_FAULT_CASES").flatMap { Int($0) } ?? 30
    private static let seed =
        Program.environmentValue("FERRY_FAULT_SEED").flatMap { UInt64($0) }
        ?? 20_861

    private static var kept: [String] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Seeds/FaultCases.txt").path
        let text = (try? DurableFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").map { $0.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    @Test func `whatever dies, hangs or is cut off, one machine is left, whole, and moves again`() async throws {
        var cases: [FaultCase] = []
        if let only = Program.environmentValue("FERRY_FAULT_ONLY") {
            for name in only.split(separator: ",") { cases.append(try #require(FaultCase.named(String(name)))) }
        } else {
            for name in Self.kept { cases.append(try #require(FaultCase.named(name), "Seeds/FaultCases.txt: \(name)")) }
            cases += FaultCase.cases(Self.count, seed: Self.seed)
        }
        say("fault loop: \(cases.count) cases of \(FaultCase.all.count), FERRY_FAULT_SEED=\(Self.seed)")
        // One guest at a time: each takes a processor all the time. Within a setting the order stays.
        cases = FaultPair.Setting.allCases.flatMap { setting in cases.filter { $0.setting == setting } }
        var kept: FaultPair?
        defer { kept?.close() }
        for (number, fault) in cases.enumerated() {
            let begun = ContinuousClock.now
            if kept?.setting != fault.setting {
                kept?.close()
                kept = nil
            }
            let pair: FaultPair
            if let kept { pair = kept } else { pair = try await FaultPair(fault.setting) }
            kept = pair
            var run = FaultRun(fault, pair)
            var faults: [String]
            do { faults = try await run.carryOut() } catch { faults = run.faults + ["\(error)"] }
            let time = ContinuousClock.now - begun
            say(
                "fault loop: \(number + 1)/\(cases.count) \(fault) \(faults.isEmpty ? "held" : "FAILED") in \(time): "
                    + run.notes.joined(separator: "; ").replacing("\n", with: " | "))
            guard !faults.isEmpty else { continue }
            for host in [pair.left, pair.right] {
                say("fault loop: the end of \(host.name)'s log:\n\(host.words.suffix(3000))")
            }
            Issue.record("\(fault) (FERRY_FAULT_ONLY=\(fault) repeats it): \(faults.joined(separator: "\n"))")
            // What it left would be blamed on the next case.
            pair.close()
            kept = nil
        }
    }

    /// At once, whatever becomes of this process.
    private func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
