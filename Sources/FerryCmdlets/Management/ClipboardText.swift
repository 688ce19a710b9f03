import FerryEngine
import Foundation
import Synchronization

/// The clipboard's text: xclip's where there is a display, otherwise this process's own, as in PowerShell.
enum ClipboardText {
    private struct State {
        /// Whether xclip works; nil until it was tried.
        var isShared: Bool?
        var own = ""
    }

    private static let state = Mutex(State())

    static func read(_ io: CommandIO) throws(Stop) -> String {
        if state.withLock({ $0.isShared }) != false, let text = try run(["-selection", "clipboard", "-out"], "", io) {
            return text
        }
        return state.withLock { $0.own }
    }

    /// Nothing written leaves what is there.
    static func write(_ text: String, _ io: CommandIO) throws(Stop) {
        guard !text.isEmpty else { return }
        if state.withLock({ $0.isShared }) != false, try run(["-selection", "clipboard", "-in"], text, io) != nil {
            return
        }
        state.withLock { $0.own = text }
    }

    /// - Returns: what xclip put out; nil where it is not there or refuses, which is remembered.
    private static func run(_ arguments: [String], _ text: String, _ io: CommandIO) throws(Stop) -> String? {
        guard let entry = io.runspace.external("xclip"), entry.commandType == .application,
            let (file, place) = scratch()
        else {
            state.withLock { $0.isShared = false }
            return nil
        }
        defer { try? FileManager.default.removeItem(atPath: place) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: entry.definition)
        process.arguments = arguments
        let input = Pipe()
        process.standardInput = input
        // Not a pipe: the xclip that stays behind to serve the text would hold it open.
        process.standardOutput = file
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try input.fileHandleForWriting.close()
        } catch {
            state.withLock { $0.isShared = false }
            return nil
        }
        var waits = 250
        while process.isRunning, waits > 0 {
            try io.sleep(seconds: 0.02)
            waits -= 1
        }
        let works = !process.isRunning && process.terminationStatus == 0
        if process.isRunning { process.terminate() }
        state.withLock { $0.isShared = works }
        guard works, let data = FileManager.default.contents(atPath: place) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func scratch() -> (FileHandle, String)? {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("ferry-" + UUID().uuidString).path
        guard FileManager.default.createFile(atPath: place, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: place)
        else { return nil }
        return (file, place)
    }
}
