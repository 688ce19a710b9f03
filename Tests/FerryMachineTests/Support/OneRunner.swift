import FerryLinux
import FerryTestKit

/// Sees from memory alone whether a guest ran where it must not: the counters of a guest that stands still do not move.
///
/// Looks through descriptors that stay valid when a host removes its files.
final class OneRunner: Sendable {
    private struct Seen: Sendable {
        var source: RAMFile?
        var target: RAMFile?
        /// At the source once it stood still.
        var frozenAt: UInt64?
        var violations: [String] = []
    }

    private let guest: CounterGuest
    private let seen = Box(Seen())

    init(_ guest: CounterGuest) { self.guest = guest }

    var violations: [String] { seen.current.violations }

    /// Lets go of both memories.
    func close() {
        seen.update {
            $0.source = nil
            $0.target = nil
        }
    }

    /// The source's guest stands still and has to stay so: from here on neither side may run. In a move this is when everything
    /// was sent; a control that breaks a move off calls it before.
    func frozen(source path: String) {
        do {
            let file = try RAMFile.open(path)
            let total = try guest.counters(in: file).total
            seen.update {
                $0.source = file
                $0.frozenAt = total
            }
        } catch { note("the source's memory cannot be read: \(error)") }
    }

    /// The target's memory is there, its guest has never run.
    func prepared(target path: String) {
        do {
            let file = try RAMFile.open(path)
            seen.update { $0.target = file }
        } catch { note("the target's memory cannot be read: \(error)") }
    }

    /// Whether both still stand where the source was frozen. Called where nobody may run: up to `cont`, or after a refusal.
    func check(_ moment: String) {
        let seen = seen.current
        guard let frozenAt = seen.frozenAt else { return }
        for (name, file) in [("source", seen.source), ("target", seen.target)] {
            guard let file, let total = try? guest.counters(in: file).total else { continue }
            if total > frozenAt {
                note("\(moment): the \(name)'s guest ran \(total - frozenAt) counts past the freeze")
            }
        }
    }

    func note(_ violation: String) { seen.update { $0.violations.append(violation) } }
}
