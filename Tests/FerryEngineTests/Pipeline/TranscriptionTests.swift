import FerryEngine
import Glibc
import Testing

@Suite struct TranscriptionTests {
    /// A terminal that nobody reads takes some lines and then no more, as a disk that gets full.
    @Test func `a transcript that could not take all of it says so at its end`() throws {
        let leader = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(leader >= 0)
        defer { _ = close(leader) }
        var (locked, number) = (CInt(0), CInt(0))
        // SAFETY: TIOCSPTLCK reads and TIOCGPTN writes the int they are given.
        try #require(unsafe ioctl(leader, 0x4004_5431, &locked) == 0 && ioctl(leader, 0x8004_5430, &number) == 0)
        let name = "/dev/pts/\(number)"
        let transcription = Transcription()
        let settings = Transcription.Settings()
        let runspace = Runspace(host: RecordingHost())
        #expect(transcription.start(name, appends: false, settings: settings, runspace: runspace) == nil)
        transcription.write(String(repeating: "lines of a long session\n", count: 100_000))
        let ended = try #require(transcription.stop())
        #expect(ended.path == name)
        #expect(ended.failure != nil)
        #expect(transcription.stop() == nil)
    }
}
