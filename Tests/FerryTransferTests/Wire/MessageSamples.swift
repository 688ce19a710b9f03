import FerryCore
import FerryTransfer

/// One value of each message, with every field set to something that a mistake would change.
enum MessageSamples {
    static let migration = MigrationID(high: 0x0123_4567_89ab_4def, low: 0x8123_4567_89ab_cdef)

    static let failure = Failure(
        code: "Host.insufficientSpace", errorID: "InvalidOperation", category: .quotaExceeded,
        message: "The volume 'D' is full.", advice: "Free space.", target: "web01",
        causes: [
            Failure(
                code: "Linux.noSpace", errorID: "Linux.noSpace", category: .quotaExceeded, message: "No space left.",
                advice: "Free space.", target: nil, causes: [], location: "FerryLinux/File.swift:7")
        ], location: "FerryHost/Disk.swift:42")

    static let all: [Message] = [
        .hello(
            HelloMessage(
                migration: migration, capabilities: .all, epoch: 7, policy: "fits-downtime", connections: 2)),
        .accept(AcceptMessage(version: 1, capabilities: .bootFiles)),
        .lanes(
            LanesMessage(
                lanes: [
                    .init(kind: .memory, size: 512 << 20, unit: 4096),
                    .init(kind: .disk(index: 1), size: 1 << 30, unit: 65536),
                ])),
        .bootFile(BootFileMessage(kind: .initialRAMDisk, size: 1_234_567, digest: (0..<32).map { UInt8($0) })),
        .bootFileBytes(BootFileBytesMessage(offset: 512 << 10, bytes: [1, 2, 3, 250])),
        .extentMap(
            ExtentMapMessage(
                lane: .disk(index: 0), isLast: true,
                extents: [Extent(offset: 4096, length: 8192), Extent(offset: 1 << 33, length: 1 << 32)])),
        .prepared(PreparedMessage(allocated: 300 << 20)),
        .roundBegin(RoundBeginMessage(round: 3, isFrozen: true, byteCount: 77_777)),
        .roundEnd(
            RoundEndMessage(
                round: 3, reached: [.init(connection: 1, sequence: 900), .init(connection: 4, sequence: 5)])),
        .roundSealed(RoundSealedMessage(round: 3)),
        .connectionLost(ConnectionLostMessage(connection: 2)),
        .connectionRetired(ConnectionRetiredMessage(connection: 2)),
        .releaseDisks(ReleaseDisksMessage()),
        .disksReleased(DisksReleasedMessage(duration: .microseconds(1500))),
        .deviceState(DeviceStateMessage(offset: 3, total: 10, bytes: [9, 8, 7])),
        .memoryDigest(MemoryDigestMessage(digest: (0..<32).map { UInt8(255 - $0) })),
        .ready(ReadyMessage(epoch: 7, load: .milliseconds(4))),
        .grant(GrantMessage(epoch: 7)),
        .running(RunningMessage(epoch: 7, record: .microseconds(300), run: .microseconds(700))),
        .refused(RefusedMessage(epoch: 7, failure: failure)),
        .gone(GoneMessage(epoch: 7)),
        .failure(FailureMessage(failure: failure)),
        .heartbeat(HeartbeatMessage(count: 12)),
        .cancel(CancelMessage()),
        .opening(OpeningMessage(migration: migration, connection: 3)),
        .opened(OpenedMessage(connection: 3)),
        .item(
            ItemMessage(
                sequence: 17, round: 2, lane: .memory,
                runs: [
                    ItemRun(extent: Extent(offset: 4096, length: 3), kind: .data),
                    ItemRun(extent: Extent(offset: 8192, length: 4096), kind: .zero),
                    ItemRun(extent: Extent(offset: 12288, length: 4096), kind: .hole),
                    ItemRun(extent: Extent(offset: 16384, length: 2), kind: .data),
                ], data: [1, 2, 3, 4, 5])),
        .acknowledgement(AcknowledgementMessage(sequence: 17)),
    ]
}
