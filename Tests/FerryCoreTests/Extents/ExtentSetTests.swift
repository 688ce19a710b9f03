import FerryCore
import FerryTestKit
import Testing

@Suite("ExtentSet", .seeded)
struct ExtentSetTests {
    private func extent(_ range: Range<Int>) -> Extent {
        Extent(offset: UInt64(range.lowerBound), length: UInt64(range.count))
    }

    private func bytes(_ set: ExtentSet) -> Set<Int> {
        Set(set.extents.flatMap { Int($0.offset)..<Int($0.end) })
    }

    /// Runs ascend, do not touch, none is empty, and the sum is right.
    private func isWellFormed(_ set: ExtentSet) -> Bool {
        zip(set.extents, set.extents.dropFirst()).allSatisfy { $0.end < $1.offset }
            && set.extents.allSatisfy { $0.length > 0 }
            && set.byteCount == set.extents.reduce(0) { $0 + $1.length }
    }

    @Test func `any operations agree with a set of numbers`() {
        var chance = SeededGenerator(salt: "extents")
        for _ in 0..<300 {
            var set = ExtentSet()
            var model: Set<Int> = []
            for _ in 0..<60 {
                let start = Int.random(in: 0..<200, using: &chance)
                let range = start..<(start + Int.random(in: 0..<20, using: &chance))
                switch Int.random(in: 0..<6, using: &chance) {
                case 0, 1:
                    set.insert(extent(range))
                    model.formUnion(range)
                case 2:
                    set.remove(extent(range))
                    model.subtract(range)
                case 3, 4:
                    var other = ExtentSet()
                    for _ in 0..<Int.random(in: 0..<8, using: &chance) {
                        let start = Int.random(in: 0..<220, using: &chance)
                        other.insert(extent(start..<(start + Int.random(in: 1..<12, using: &chance))))
                    }
                    if Bool.random(using: &chance) {
                        set.formUnion(other)
                        model.formUnion(bytes(other))
                    } else {
                        set.subtract(other)
                        model.subtract(bytes(other))
                    }
                default:
                    if range.isEmpty { break }
                    #expect(set.contains(extent(range)) == model.isSuperset(of: range))
                    #expect(set.intersects(extent(range)) == !model.isDisjoint(with: range))
                }
                #expect(isWellFormed(set))
                #expect(bytes(set) == model)
            }
        }
    }

    @Test func `runs that touch become one`() {
        #expect(ExtentSet([extent(0..<4), extent(8..<12), extent(4..<8)]).extents == [extent(0..<12)])
    }

    @Test func `widening stays within the medium`() {
        let set = ExtentSet([extent(5..<6), extent(30..<33)])
        #expect(set.aligned(to: 8, within: 34).extents == [extent(0..<8), extent(24..<34)])
    }

    @Test func `an extent from a peer is checked before it is believed`() {
        #expect(Extent(checkingOffset: 0, length: 0, within: 100) == nil)
        #expect(Extent(checkingOffset: .max, length: 2, within: .max) == nil)
        #expect(Extent(checkingOffset: 90, length: 11, within: 100) == nil)
        #expect(Extent(checkingOffset: 90, length: 10, within: 100) == extent(90..<100))
    }

    @Test func `two interleaved sets of a hundred thousand runs join and part at once`() {
        var set = ExtentSet((0..<100_000).map { extent(($0 * 4)..<($0 * 4 + 1)) })
        let other = ExtentSet((0..<100_000).map { extent(($0 * 4 + 2)..<($0 * 4 + 3)) })
        let clock = ContinuousClock()
        let began = clock.now
        set.formUnion(other)
        #expect(set.extents.count == 200_000)
        set.subtract(other)
        #expect(set.extents.count == 100_000 && set.byteCount == 100_000)
        // Quadratic work would take minutes.
        #expect(clock.now - began < .seconds(20))
    }
}
