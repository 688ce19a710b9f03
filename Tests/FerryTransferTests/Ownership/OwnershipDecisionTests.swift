import FerryCore
import FerryTransfer
import Testing

@Suite("OwnershipDecision")
struct OwnershipDecisionTests {
    private func journal(_ side: OwnershipSide, _ roles: [OwnershipRole]) throws -> OwnershipJournal {
        var journal = OwnershipJournal()
        for role in roles {
            journal.append(
                synced: try OwnershipRecord(role, side: side, machine: "m", migration: "x", epoch: 2, time: 0))
        }
        return journal
    }

    private func standing(_ role: OwnershipRole?, isRunning: Bool = false, epoch: UInt64 = 2) -> OwnershipStanding {
        OwnershipStanding(role: role, epoch: epoch, isRunning: isRunning)
    }

    private let sourceHistories: [[OwnershipRole]] = [
        [.owner], [.owner, .released], [.owner, .released, .gone], [.owner, .refused], [.owner, .released, .refused],
    ]
    private let targetHistories: [[OwnershipRole]] = [
        [.prepared], [.prepared, .refused], [.prepared, .ready], [.prepared, .ready, .refused],
        [.prepared, .ready, .granted], [.prepared, .ready, .owner], [.prepared, .ready, .owner, .refused],
    ]

    private func mayRun(_ decision: OwnershipDecision) -> Bool {
        switch decision {
        case .keepHere, .run, .becomeOwner: true
        case .ownStopped, .stayPausedAndAsk, .destroyAndRefuse, .retire, .nothing: false
        }
    }

    /// Every pair of histories the protocol can reach, with every state of either hypervisor and every order of asking.
    @Test func `no pair of records that can exist lets both hosts run`() throws {
        for sourceRoles in sourceHistories {
            for targetRoles in targetHistories {
                let isReleased = sourceRoles.contains(.released)
                let isOwner = targetRoles.contains(.owner)
                // The target is OWNER only after RELEASED; GONE only after OWNER; after RELEASED the source refuses only on the
                // target's REFUSED; READY precedes RELEASED.
                if isOwner && !isReleased { continue }
                if targetRoles.contains(.granted) && !isReleased { continue }
                if sourceRoles.last == .gone && targetRoles.last != .owner { continue }
                if isReleased && !targetRoles.contains(.ready) { continue }
                if isReleased && sourceRoles.last == .refused && targetRoles.last != .refused { continue }
                let source = try journal(.source, sourceRoles)
                let target = try journal(.target, targetRoles)
                for knows in [false, true] {
                    for sourceGuest in OwnershipDecision.LocalGuest.allCases {
                        for targetGuest in OwnershipDecision.LocalGuest.allCases {
                            let here = OwnershipDecision.decide(
                                source, guest: sourceGuest,
                                peer: knows ? target.standing(isRunning: targetGuest == .running) : nil)
                            let there = OwnershipDecision.decide(
                                target, guest: targetGuest,
                                peer: knows ? source.standing(isRunning: sourceGuest == .running) : nil)
                            #expect(
                                !(mayRun(here) && mayRun(there)), "\(sourceRoles) \(here) and \(targetRoles) \(there)")
                        }
                    }
                }
            }
        }
    }

    @Test func `a source without RELEASED keeps its machine`() throws {
        let journal = try journal(.source, [.owner])
        #expect(OwnershipDecision.decide(journal, guest: .paused) == .keepHere)
        #expect(OwnershipDecision.decide(journal, guest: .running) == .keepHere)
        #expect(OwnershipDecision.decide(journal, guest: .absent) == .ownStopped)
    }

    @Test func `a source with RELEASED waits for OWNER or REFUSED, whatever else it hears`() throws {
        let journal = try journal(.source, [.owner, .released])
        for role in OwnershipRole.allCases where role != .owner && role != .refused {
            #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(role)) == .stayPausedAndAsk)
        }
        #expect(OwnershipDecision.decide(journal, guest: .paused) == .stayPausedAndAsk)
        #expect(OwnershipDecision.decide(journal, guest: .absent) == .stayPausedAndAsk)
        #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(nil)) == .stayPausedAndAsk)
        #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(.refused)) == .keepHere)
        #expect(
            OwnershipDecision.decide(journal, guest: .paused, peer: standing(.refused, epoch: 9)) == .stayPausedAndAsk)
        #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(.owner)) == .retire)
    }

    @Test func `a target that was never READY has nothing worth keeping`() throws {
        let journal = try journal(.target, [.prepared])
        for guest in OwnershipDecision.LocalGuest.allCases {
            #expect(OwnershipDecision.decide(journal, guest: guest, peer: standing(.released)) == .destroyAndRefuse)
        }
    }

    @Test func `a READY target runs on RELEASED only, and asks otherwise`() throws {
        let journal = try journal(.target, [.prepared, .ready])
        #expect(OwnershipDecision.decide(journal, guest: .paused) == .stayPausedAndAsk)
        #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(.released)) == .becomeOwner)
        #expect(OwnershipDecision.decide(journal, guest: .paused, peer: standing(.owner)) == .stayPausedAndAsk)
        #expect(
            OwnershipDecision.decide(journal, guest: .paused, peer: standing(.owner, isRunning: true))
                == .destroyAndRefuse)
        #expect(OwnershipDecision.decide(journal, guest: .absent, peer: standing(.released)) == .destroyAndRefuse)
    }

    @Test func `OWNER found with a dead hypervisor is a crashed machine, never REFUSED`() throws {
        let journal = try journal(.target, [.prepared, .ready, .owner])
        #expect(OwnershipDecision.decide(journal, guest: .absent) == .ownStopped)
        #expect(OwnershipDecision.decide(journal, guest: .paused) == .run)
        #expect(OwnershipDecision.decide(journal, guest: .running) == .run)
    }

    @Test func `an administrator's GRANT runs a READY guest`() throws {
        let journal = try journal(.target, [.prepared, .ready, .granted])
        #expect(OwnershipDecision.decide(journal, guest: .paused) == .becomeOwner)
        #expect(OwnershipDecision.decide(journal, guest: .absent) == .destroyAndRefuse)
    }

    @Test func `no record means nothing to do`() {
        #expect(OwnershipDecision.decide(OwnershipJournal(), guest: .running) == .nothing)
    }

    @Test func `with a witness no grant is enough, and what needs none stays as it is`() throws {
        let ready = try journal(.target, [.prepared, .ready])
        let granted = try journal(.target, [.prepared, .ready, .granted])
        for peer in [nil, standing(.released)] {
            for journal in [ready, granted] {
                #expect(
                    OwnershipDecision.decide(journal, guest: .paused, peer: peer, hasWitness: true)
                        == .stayPausedAndAsk)
                #expect(
                    OwnershipDecision.decide(journal, guest: .absent, peer: peer, hasWitness: true)
                        == .destroyAndRefuse)
            }
        }
        let owner = try journal(.target, [.prepared, .ready, .granted, .owner])
        #expect(OwnershipDecision.decide(owner, guest: .paused, hasWitness: true) == .run)
        for roles in [[OwnershipRole.owner], [.owner, .released], [.owner, .released, .refused]] {
            let journal = try journal(.source, roles)
            for guest in OwnershipDecision.LocalGuest.allCases {
                #expect(
                    OwnershipDecision.decide(journal, guest: guest, hasWitness: true)
                        == OwnershipDecision.decide(journal, guest: guest))
            }
        }
    }
}
