import FerryTransfer
import Testing

struct OwnershipConfirmationTests {
    private func journal(_ side: OwnershipSide, _ roles: [OwnershipRole]) throws -> OwnershipJournal {
        var journal = OwnershipJournal()
        for role in roles {
            journal.append(
                synced: try OwnershipRecord(role, side: side, machine: "m", migration: "x", epoch: 2, time: 0))
        }
        return journal
    }

    private func judge(_ journal: OwnershipJournal, _ peer: OwnershipRole?, epoch: UInt64 = 2) -> OwnershipConfirmation
    {
        OwnershipConfirmation.judge(journal, peer: OwnershipStanding(role: peer, epoch: epoch, isRunning: false))
    }

    private static let sources: [[OwnershipRole]] = [[.owner], [.owner, .refused], [.owner, .released, .refused]]
    private static let targets: [[OwnershipRole]] = [
        [.prepared, .ready, .owner], [.prepared, .ready, .owner, .granted],
    ]

    @Test func `two hosts that both claim a machine never both agree, and one of them yields`() throws {
        for sourceRoles in Self.sources {
            for targetRoles in Self.targets where targetRoles.last == .owner {
                let (source, target) = (try journal(.source, sourceRoles), try journal(.target, targetRoles))
                let here = judge(source, .owner)
                let there = judge(target, sourceRoles.last)
                #expect(here != .agreed && there != .agreed)
                // A source that has recorded nothing yet asks before it does, and learns of the target's claim.
                #expect(here == .yields || there == .yields, "\(sourceRoles)")
                #expect(!(sourceRoles.contains(.released) && here == .yields))
            }
        }
    }

    @Test func `what the protocol ends with is agreed on by both`() throws {
        #expect(judge(try journal(.target, [.prepared, .ready, .owner]), .gone) == .agreed)
        for roles in Self.sources { #expect(judge(try journal(.source, roles), .refused) == .agreed) }
    }

    @Test func `a host without a record of the move, or of another count of owners, has nothing against it`() throws {
        for (side, histories) in [(OwnershipSide.source, Self.sources), (.target, Self.targets)] {
            for roles in histories {
                #expect(judge(try journal(side, roles), nil) == .agreed)
                #expect(judge(try journal(side, roles), .owner, epoch: 3) == .agreed)
            }
        }
        #expect(judge(OwnershipJournal(), .owner) == .open)
    }

    @Test func `a move that the other host has not settled is asked for again`() throws {
        for role in [OwnershipRole.prepared, .ready, .granted] {
            #expect(judge(try journal(.source, [.owner]), role) == .open)
        }
        #expect(judge(try journal(.target, [.prepared, .ready, .owner]), .released) == .open)
        #expect(judge(try journal(.target, [.prepared, .ready, .owner]), .owner) == .open)
    }
}
