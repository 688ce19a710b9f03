import FerryCore
import FerryLinux
import FerryTestKit
import FerryTransfer
import Testing

extension SessionTests {
    /// A peer that knows the key and breaks the protocol: an error on our side, the guest where it belongs, never a crash.
    @Suite(.serialized) struct LiarTests {
        private let folder: TemporaryDirectory
        private let oracle = RunnerOracle()
        private let machine: SimulatedMachine
        private let protection = TrafficProtection.encrypted(.make())
        private let migration = MigrationID.make()

        init() throws {
            folder = try TemporaryDirectory(inMemory: true)
            machine = try SimulatedMachine("NODE1", folder: folder, oracle: oracle)
        }

        /// The header of a record of two gibibytes.
        private static let tooLong: [UInt8] = [0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]
        /// A record of a hundred bytes, of which three come.
        private static let cut: [UInt8] = [100, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]

        /// A byte of a record's header now and then, for longer than silence is suffered: activity, and no sign of life.
        private static func trickle(_ socket: StreamSocket) {
            let end = ContinuousClock.now + ControlChannel.silenceLimit * 4
            guard let never = try? StopSignal() else { return }
            while ContinuousClock.now < end, (try? socket.writeFully([1], until: .after(.seconds(1)))) != nil {
                if never.wait(until: .after(ControlChannel.silenceLimit / 4)) { return }
            }
        }

        /// What a false target says once it has read hello.
        enum Lie: String, CaseIterable, Sendable {
            case runningAtOnce, readyAtOnce, disksReleasedAtOnce, acceptTwice, wrongVersion, refusedOtherEpoch
            case sourcesMessage, dataMessage, noise, hangUp, silence, preparedTwice, failureAtOnce
            case recordTooLong, recordCut, trickle
        }

        private struct LyingTarget: Sendable {
            let lie: Lie
            let protection: TrafficProtection

            func talk(_ far: StreamSocket) throws(Failure) {
                let deadline = Deadline.after(.seconds(30))
                let incoming = try IncomingChannel.accept(far)
                guard incoming.number == 0 else { return far.shutDown() }
                let channel = try Channel.establish(incoming, protection: protection, until: deadline)
                _ = try channel.reader.receiveMessage(until: deadline)
                func say(_ message: Message) throws(Failure) { try channel.writer.send(message, until: deadline) }
                let accept = Message.accept(AcceptMessage(version: 1, capabilities: .all))
                switch lie {
                case .wrongVersion: try say(.accept(AcceptMessage(version: 9, capabilities: .all)))
                case .noise:
                    try say(accept)
                    try far.writeFully([UInt8](repeating: 0xa5, count: 4096), until: deadline)
                case .hangUp:
                    try say(accept)
                    return far.shutDown()
                case .silence: try say(accept)
                case .runningAtOnce:
                    try say(accept)
                    try say(.running(RunningMessage(epoch: 1, record: .zero, run: .zero)))
                case .readyAtOnce:
                    try say(accept)
                    try say(.ready(ReadyMessage(epoch: 1, load: .zero)))
                case .disksReleasedAtOnce:
                    try say(accept)
                    try say(.prepared(PreparedMessage(allocated: 1)))
                    try say(.disksReleased(DisksReleasedMessage(duration: .zero)))
                    try say(.roundSealed(RoundSealedMessage(round: 77)))
                    try say(.refused(RefusedMessage(epoch: 1, failure: nil)))
                case .acceptTwice:
                    try say(accept)
                    try say(accept)
                case .refusedOtherEpoch:
                    try say(accept)
                    try say(.refused(RefusedMessage(epoch: 99, failure: nil)))
                case .sourcesMessage:
                    try say(accept)
                    try say(.grant(GrantMessage(epoch: 1)))
                case .dataMessage:
                    try say(accept)
                    try say(.acknowledgement(AcknowledgementMessage(sequence: 1)))
                case .preparedTwice:
                    try say(accept)
                    try say(.prepared(PreparedMessage(allocated: 1)))
                    try say(.prepared(PreparedMessage(allocated: 1)))
                case .recordTooLong:
                    try say(accept)
                    try far.writeFully(LiarTests.tooLong, until: deadline)
                case .recordCut:
                    try say(accept)
                    try far.writeFully(LiarTests.cut, until: deadline)
                    return far.shutDown()
                case .trickle:
                    try say(accept)
                    LiarTests.trickle(far)
                case .failureAtOnce:
                    try say(.failure(FailureMessage(failure: Failure(InjectedFault.injected, "The disk is full."))))
                }
                // Until the source has had enough.
                while true { _ = try channel.reader.receiveMessage(until: deadline) }
            }
        }

        private final class LyingSupply: ChannelSupply {
            let target: LyingTarget
            init(_ target: LyingTarget) { self.target = target }
            func connect(number: UInt32, until deadline: Deadline, stop: StopSignal) throws(Failure) -> StreamSocket {
                let (near, far) = try StreamSocket.pair()
                let target = self.target
                _ = try WorkerThread("test-liar") {
                    try? target.talk(far)
                    far.shutDown()
                }
                return near
            }
        }

        @Test(arguments: Lie.allCases)
        func `a false target is found out and the guest runs on`(_ lie: Lie) throws {
            machine.run()
            var configuration = SourceSession.Configuration(
                migration: migration, epoch: 1, targetName: "NODE2", policy: .fitsDowntime(), protection: protection)
            configuration.timeouts = CutoverTimeouts(
                ready: .seconds(5), running: .milliseconds(100), askAgain: .milliseconds(50))
            let log = ArrayLog("source", faults: FaultPlan())
            let session = SourceSession(
                configuration, guest: SimulatedSourceGuest(machine, faults: FaultPlan()),
                lanes: [MemoryLane(file: machine.file, mapping: machine.mapping, tracker: machine.tracker)],
                supply: LyingSupply(LyingTarget(lie: lie, protection: protection)), log: log,
                peer: AnyPeer { (_) throws(Failure) in throw Failure(TransferFault.connectionLost, "No answer.") })
            let report = session.run()
            guard case .keptHere(let failure) = report.outcome else {
                Issue.record("\(lie): \(report.outcome)")
                return
            }
            if lie == .failureAtOnce { #expect(failure.is(InjectedFault.injected)) }
            #expect(!failure.advice.isEmpty)
            #expect(oracle.running == ["NODE1"])
            #expect(log.all == [.owner, .refused])
            #expect(!machine.tracker.isArmed)
            machine.pause()
        }

        /// What a false source says once it was accepted.
        enum Nonsense: String, CaseIterable, Sendable {
            case roundBeforeMap, sealWithoutRound, sealTooFar, grantAtOnce, deviceStateAtOnce, deviceStateHuge,
                otherLanes
            case mapBeyondTheEnd, itemBeyondTheEnd, itemUnaligned, itemOfTheNextLane, itemOutOfSequence,
                itemOfAnOldRound
            case bootFileTooLong, helloTwice, hangUp, noise, otherEpoch
            case futureVersion, targetsMessage, dataMessage, sealedTwice, recordTooLong, recordCut, trickle
        }

        private func talk(_ lie: Nonsense, to target: TargetSession) throws(Failure) {
            let deadline = Deadline.after(.seconds(30))
            func connect(_ number: UInt32) throws(Failure) -> Channel {
                let (near, far) = try StreamSocket.pair()
                _ = try WorkerThread("test-accept") {
                    guard let incoming = try? IncomingChannel.accept(far), target.adopt(incoming) else {
                        return far.shutDown()
                    }
                }
                return try Channel.open(
                    near, migration: migration, number: number, protection: protection, until: deadline)
            }
            let control = try connect(0)
            func say(_ message: Message) throws(Failure) { try control.writer.send(message, until: deadline) }
            var hello = HelloMessage(
                migration: migration, capabilities: .all, epoch: lie == .otherEpoch ? 2 : 1, policy: "lies",
                connections: 1)
            if lie == .futureVersion { (hello.oldestVersion, hello.newestVersion) = (2, 9) }
            try say(.hello(hello))
            _ = try control.reader.receiveMessage(until: deadline)
            let size = SimulatedMachine.ramSize
            func lanes(_ size: UInt64) -> Message {
                .lanes(LanesMessage(lanes: [.init(kind: .memory, size: size, unit: 4096)]))
            }
            func map(_ extents: [Extent]) -> Message {
                .extentMap(ExtentMapMessage(lane: .memory, isLast: true, extents: extents))
            }
            func begin(_ round: UInt32) -> Message {
                .roundBegin(RoundBeginMessage(round: round, isFrozen: false, byteCount: 0))
            }
            func data(_ items: [ItemMessage]) throws(Failure) {
                try say(lanes(size))
                try say(map([]))
                try say(begin(1))
                let channel = try connect(1)
                try channel.writer.send(.opening(OpeningMessage(migration: migration, connection: 1)), until: deadline)
                _ = try channel.reader.receiveMessage(until: deadline)
                for item in items { try channel.writer.send(.item(item), until: deadline) }
                while true { _ = try channel.reader.receiveMessage(until: deadline) }
            }
            func item(_ sequence: UInt64, _ round: UInt32, _ lane: LaneKind, _ offset: UInt64) -> ItemMessage {
                ItemMessage(
                    sequence: sequence, round: round, lane: lane,
                    runs: [ItemRun(extent: Extent(offset: offset, length: 4096), kind: .data)],
                    data: [UInt8](repeating: 1, count: 4096))
            }
            switch lie {
            case .otherEpoch, .futureVersion: break
            case .targetsMessage: try say(.ready(ReadyMessage(epoch: 1, load: .zero)))
            case .dataMessage: try say(.item(item(1, 1, .memory, 0)))
            case .sealedTwice:
                try say(lanes(size))
                try say(map([]))
                try say(.releaseDisks(ReleaseDisksMessage()))
                try say(.releaseDisks(ReleaseDisksMessage()))
            case .recordTooLong: try control.socket.writeFully(Self.tooLong, until: deadline)
            case .recordCut:
                try control.socket.writeFully(Self.cut, until: deadline)
                return control.socket.shutDown()
            case .trickle: Self.trickle(control.socket)
            case .roundBeforeMap: try say(begin(0))
            case .sealWithoutRound:
                try say(lanes(size))
                try say(.roundEnd(RoundEndMessage(round: 0, reached: [])))
            case .sealTooFar:
                try say(lanes(size))
                try say(map([]))
                try say(begin(0))
                try say(.roundEnd(RoundEndMessage(round: 0, reached: [.init(connection: 1, sequence: 5)])))
            case .grantAtOnce: try say(.grant(GrantMessage(epoch: 1)))
            case .deviceStateAtOnce: try say(.deviceState(DeviceStateMessage(offset: 0, total: 1, bytes: [1])))
            case .deviceStateHuge: try say(.deviceState(DeviceStateMessage(offset: 0, total: .max, bytes: [1])))
            case .otherLanes: try say(lanes(size * 2))
            case .mapBeyondTheEnd:
                try say(lanes(size))
                try say(map([Extent(offset: size - 4096, length: 8192)]))
            case .itemBeyondTheEnd: try data([item(1, 1, .memory, size)])
            case .itemUnaligned: try data([item(1, 1, .memory, 100)])
            case .itemOfTheNextLane: try data([item(1, 1, .disk(index: 3), 0)])
            case .itemOutOfSequence: try data([item(1, 1, .memory, 0), item(3, 1, .memory, 4096)])
            case .itemOfAnOldRound: try data([item(1, 0, .memory, 0)])
            case .bootFileTooLong:
                try say(lanes(size))
                try say(.bootFile(BootFileMessage(kind: .kernel, size: 2, digest: [UInt8](repeating: 0, count: 32))))
                try say(.bootFileBytes(BootFileBytesMessage(offset: 0, bytes: [1, 2, 3])))
            case .helloTwice:
                try say(
                    .hello(
                        HelloMessage(
                            migration: migration, capabilities: .all, epoch: 1, policy: "lies", connections: 1)))
            case .hangUp: return control.socket.shutDown()
            case .noise: try control.socket.writeFully([UInt8](repeating: 0x5a, count: 4096), until: deadline)
            }
            while true { _ = try control.reader.receiveMessage(until: deadline) }
        }

        @Test(arguments: Nonsense.allCases)
        func `a false source is found out and nothing is left of the machine`(_ lie: Nonsense) throws {
            var configuration = TargetSession.Configuration(
                migration: migration, epoch: 1, sourceName: "NODE1", protection: protection)
            configuration.timeouts = CutoverTimeouts(askAgain: .milliseconds(50), lease: .seconds(5))
            let guest = SimulatedTargetGuest(machine, faults: FaultPlan())
            let log = ArrayLog("target", faults: FaultPlan())
            let session = try TargetSession(
                configuration, guest: guest, sinks: [MemorySink(file: machine.file, mapping: machine.mapping)],
                log: log,
                peer: AnyPeer { (_) throws(Failure) in throw Failure(TransferFault.connectionLost, "No answer.") })
            let slot = Slot<TargetReport>()
            let thread = try WorkerThread("test-target") { slot.fill { session.run() } }
            try? talk(lie, to: session)
            let report = try slot.take(until: .scaled(.seconds(60)))
            thread.join()
            guard case .refused(let failure) = report.outcome else {
                Issue.record("\(lie): \(report.outcome)")
                return
            }
            #expect(!failure.advice.isEmpty)
            #expect(guest.isDestroyed)
            #expect(oracle.running.isEmpty)
            #expect(log.all == [.prepared, .refused])
        }
    }
}
