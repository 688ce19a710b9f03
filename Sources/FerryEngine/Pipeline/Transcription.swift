import Foundation
import Glibc

/// The transcripts of a session: files that get what the session shows, until they are stopped. Several may be open; each gets
/// everything from its start on.
///
/// A transcript that can no longer be written (a full disk) is left as it is and not asked again; its end says so.
package final class Transcription {
    /// How much a transcript's head says.
    package struct Settings {
        package var isMinimal = false
        /// Each command typed at the prompt has a head of its own, with its time.
        package var hasCommandTimes = false
        package init() {}
    }

    private struct Transcript {
        let path: String
        let descriptor: Int32
        let settings: Settings
        /// errno of the write that failed.
        var failure: Int32?
    }

    private var transcripts: [Transcript] = []
    private static let rule = "**********************\n"

    package init() {}

    deinit { while stop() != nil {} }

    package var isActive: Bool { !transcripts.isEmpty }

    /// A transcript begins with its head in the file: what cannot be written is not started.
    ///
    /// - Returns: why the file cannot take a transcript; nil when it is started.
    package func start(_ path: String, appends: Bool, settings: Settings, runspace: Runspace) -> String? {
        // Without O_NONBLOCK a pipe that nobody reads would hold the call. PowerShell's files are for everybody the umask lets.
        // SAFETY: a C string for the call.
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { return FileFailure.reason(errno) }
        if let reason = refusal(of: descriptor, path, appends: appends) {
            _ = close(descriptor)
            return reason
        }
        transcripts.append(Transcript(path: path, descriptor: descriptor, settings: settings))
        write(Self.head(settings, runspace), to: transcripts.count - 1)
        guard let code = transcripts[transcripts.count - 1].failure else { return nil }
        transcripts.removeLast()
        _ = close(descriptor)
        return FileFailure.reason(code)
    }

    /// Why an open file cannot be used; nil when it can, then emptied unless the transcript is added to it.
    private func refusal(of descriptor: Int32, _ path: String, appends: Bool) -> String? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return FileFailure.reason(errno) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFCHR else { return "\(path) is neither a file nor a device." }
        for other in transcripts where kind == S_IFREG {
            var open = stat()
            if unsafe fstat(other.descriptor, &open) == 0, open.st_dev == status.st_dev, open.st_ino == status.st_ino {
                return "The process cannot access the file '\(path)' because it is being used by another process."
            }
        }
        guard kind == S_IFREG, !appends else { return nil }
        return ftruncate(descriptor, 0) == 0 ? nil : FileFailure.reason(errno)
    }

    /// Ends the newest transcript.
    ///
    /// - Returns: its path, and why the file does not have all of it, when it does not; nil when there is no transcript.
    package func stop() -> (path: String, failure: String?)? {
        guard let last = transcripts.last else { return nil }
        let end = Self.rule + "PowerShell transcript end\nEnd time: \(Self.time(.now))\n" + Self.rule
        write(end, to: transcripts.count - 1)
        let failure = transcripts.removeLast().failure
        // Some file systems tell only now that what was written before found no room.
        let closing = close(last.descriptor) == 0 || errno == EINTR ? nil : errno
        return (last.path, (failure ?? closing).map(FileFailure.reason))
    }

    /// Text as shown, escape sequences taken out.
    package func write(_ text: String) {
        guard isActive else { return }
        let plain = text.withoutEscapes
        for index in transcripts.indices { write(plain, to: index) }
    }

    package func writeLine(_ text: String) { if isActive { write(text + "\n") } }

    /// A command typed at the prompt.
    package func writeCommand(_ text: String, prompt: String) {
        for index in transcripts.indices {
            if transcripts[index].settings.hasCommandTimes {
                write(Self.rule + "Command start time: \(Self.time(.now))\n" + Self.rule, to: index)
            }
            write((prompt + text).withoutEscapes + "\n", to: index)
        }
    }

    private func write(_ text: String, to index: Int) {
        guard transcripts[index].failure == nil else { return }
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            // SAFETY: the part that is left lies inside the array, which lives for the closure.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(transcripts[index].descriptor, buffer.baseAddress! + sent, bytes.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                transcripts[index].failure = count == 0 ? ENOSPC : errno
                return
            }
        }
    }

    private static func time(_ date: DateTime) -> String { DateFormat.text(date, "yyyyMMddHHmmss") }

    private static func head(_ settings: Settings, _ runspace: Runspace) -> String {
        let start = "PowerShell transcript start\nStart time: \(time(.now))\n"
        if settings.isMinimal { return rule + start + rule }
        let (host, user) = (Environment.hostName, Environment.userName)
        var lines = [
            "Username: \(host)\\\(user)", "RunAs User: \(host)\\\(user)", "Configuration Name: ",
            "Machine: \(host) (\(systemName))",
            "Host Application: \(CommandLine.arguments.joined(separator: " "))",
            "Process ID: \(getpid())",
        ]
        if case .table(let table)? = runspace.globalFrame.scope.value(of: Symbol("PSVersionTable")) {
            for (key, value) in table.pairs {
                let texts = (value.elements ?? [value]).map(\.display)
                lines.append("\(key.display): \(texts.joined(separator: ", "))")
            }
        }
        return rule + start + lines.map { $0 + "\n" }.joined() + rule
    }

    /// `Unix 6.12.0`: as .NET names the system.
    private static var systemName: String {
        let version = ProcessInfo.processInfo.operatingSystemVersion
        return "Unix \(version.majorVersion).\(version.minorVersion).\(version.patchVersion)"
    }
}
