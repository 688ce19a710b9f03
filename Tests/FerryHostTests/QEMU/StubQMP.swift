import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit
import Synchronization

/// A QMP server for one client at a time, whose answers a test decides. Runs until the object goes.
final class StubQMP: Sendable {
    let path: String
    private let folder: TemporaryDirectory
    private let listener: ListeningSocket
    private let connection = Monitor<StreamSocket?>(nil)
    private let received = Monitor<[JSONValue]>([])
    private let thread: WorkerThread

    /// - Parameter answer: lines to send for a command; nil answers with an empty `return`.
    init(
        greeting: String =
            #"{"QMP":{"version":{"qemu":{"micro":22,"minor":2,"major":7},"package":""},"capabilities":["oob"]}}"#,
        answer: @escaping @Sendable (JSONValue) -> [String]? = { _ in nil }
    ) throws(Failure) {
        let folder = try TemporaryDirectory()
        self.folder = folder
        let path = folder.file("qmp")
        self.path = path
        let listener = try ListeningSocket.listen(path: path)
        self.listener = listener
        let (connection, received) = (connection, received)
        thread = try WorkerThread("stub-qmp") {
            while let socket = try? listener.accept() {
                connection.update { $0 = socket }
                guard (try? socket.writeFully(Array("\(greeting)\n".utf8), until: .scaled(.seconds(10)))) != nil else {
                    continue
                }
                Self.serve(socket, received, answer)
            }
        }
    }

    deinit {
        listener.stopAccepting()
        connection.read { $0 }?.shutDown()
        thread.join()
    }

    /// Sends a line unasked.
    func send(_ line: String) throws(Failure) {
        try socket().writeFully(Array("\(line)\n".utf8), until: .scaled(.seconds(10)))
    }

    /// Sends bytes as they are.
    func send(bytes: [UInt8]) throws(Failure) { try socket().writeFully(bytes, until: .scaled(.seconds(60))) }

    func hangUp() throws(Failure) { try socket().shutDown() }

    /// Waits for the `number`th command after the negotiation, counted from 1.
    func command(_ number: Int) -> JSONValue? {
        received.wait(until: .scaled(.seconds(30))) { $0.count >= number ? $0[number - 1] : nil }
    }

    private func socket() throws(Failure) -> StreamSocket {
        guard let socket = connection.wait(until: .scaled(.seconds(30)), { $0 }) else {
            throw Failure(LinuxFault.timedOut, "No client came.")
        }
        return socket
    }

    private static func serve(
        _ socket: StreamSocket, _ received: Monitor<[JSONValue]>, _ answer: (JSONValue) -> [String]?
    ) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var span = buffer.mutableSpan
            // SAFETY: UInt8 has no padding and every bit pattern is a value.
            var bytes = unsafe span.mutableBytes
            guard let count = try? socket.read(into: &bytes, until: .never), count > 0 else { return }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                guard let command = try? JSONParser.parse(line) else { return }
                let isNegotiation = command["execute"] == "qmp_capabilities"
                if !isNegotiation { received.update { $0.append(command) } }
                let lines = isNegotiation ? nil : answer(command)
                for text in lines ?? [#"{"return":{},"id":\#(command["id"]?.integer ?? 0)}"#] {
                    guard (try? socket.writeFully(Array("\(text)\n".utf8), until: .scaled(.seconds(10)))) != nil else {
                        return
                    }
                }
            }
        }
    }
}
