import CLinux
package import FerryCore
import Glibc
import Synchronization

/// A connected stream socket, TCP or Unix.
///
/// One thread reads, one writes, and any thread may `shutDown`, which wakes both. Closed when the object goes.
package final class StreamSocket: Sendable {
    let descriptor: SharedDescriptor
    /// The other side, for messages.
    package let peerName: String

    init(_ descriptor: consuming Descriptor, peerName: String) {
        self.descriptor = SharedDescriptor(descriptor)
        self.peerName = peerName
    }

    /// Takes over a connected socket; it becomes non-blocking.
    package convenience init(adopting descriptor: consuming Descriptor, peerName: String) throws(Failure) {
        let result = descriptor.withRaw { ferry_set_nonblocking($0, 1) }
        guard result >= 0 else { throw Failure(errno: result, "use the connection to \(peerName)", target: peerName) }
        self.init(descriptor, peerName: peerName)
    }

    /// Two sockets connected to each other.
    package static func pair() throws(Failure) -> (StreamSocket, StreamSocket) {
        var ends: [Int32] = [-1, -1]
        // SAFETY: the call fills the two elements.
        let result = unsafe ferry_socket_pair(&ends)
        guard result == 0 else { throw Failure(errno: result, "make a pair of sockets") }
        return (
            StreamSocket(Descriptor(adopting: ends[0]), peerName: "the other end"),
            StreamSocket(Descriptor(adopting: ends[1]), peerName: "the other end")
        )
    }

    /// Connects to `address`.
    ///
    /// - Parameters:
    ///   - local: the address to connect from.
    ///   - stop: raising it ends the attempt (`cancelled`).
    package static func connect(
        to address: SocketAddress, from local: SocketAddress? = nil, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) -> StreamSocket {
        let attempt = "connect to \(address)"
        var raw = address.raw
        // SAFETY: here and below: local structures of the type the call reads.
        let number = unsafe ferry_socket_for(&raw)
        guard number >= 0 else { throw Failure(errno: number, attempt, target: "\(address)") }
        let descriptor = Descriptor(adopting: number)
        if let local {
            var localRaw = local.raw
            let bound = unsafe ferry_bind(number, &localRaw)
            guard bound == 0 else { throw Failure(errno: bound, "connect from \(local)", target: "\(local)") }
        }
        var result = unsafe ferry_connect(number, &raw)
        if result == -EINPROGRESS || result == -EINTR {
            try Readiness.wait(number, for: Readiness.writing, until: deadline, stop: stop, attempt: attempt)
            result = ferry_take_socket_error(number)
        }
        guard result == 0 else { throw Failure(errno: result, attempt, target: "\(address)") }
        let socket = StreamSocket(descriptor, peerName: "\(address)")
        if !address.isPath { try socket.tune() }
        return socket
    }

    /// Connects to the first address of `host` that answers. The failure is the last address's.
    package static func connect(
        to host: String, port: UInt16, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) -> StreamSocket {
        var failure: Failure?
        for address in try SocketAddress.resolve(host, port: port) {
            do throws(Failure) {
                return try connect(to: address, until: deadline, stop: stop)
            } catch {
                if error.is(LinuxFault.cancelled) || error.is(LinuxFault.timedOut) { throw error }
                failure = error
            }
        }
        throw failure ?? Failure(LinuxFault.nameNotResolved, "\(host) has no address.", target: host)
    }

    /// Connects to the Unix socket `path`.
    package static func connect(
        path: String, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) -> StreamSocket {
        let address = try SocketAddress.path(path)
        while true {
            do throws(Failure) {
                return try connect(to: address, until: deadline, stop: stop)
            } catch  where error.is(LinuxFault.busy) && !deadline.hasPassed && stop?.isRaised != true {
                // A full backlog answers EAGAIN at once; poll cannot wait for it.
                sched_yield()
            }
        }
    }

    /// No delay for small frames, and a peer that does not acknowledge for `unacknowledged` is gone.
    func tune(unacknowledged: Duration = .seconds(20)) throws(Failure) {
        let milliseconds = UInt32(clamping: Int(unacknowledged.milliseconds))
        let result = descriptor.withRaw { ferry_tune_tcp($0, milliseconds) }
        guard result == 0 else {
            throw Failure(errno: result, "set up the connection to \(peerName)", target: peerName)
        }
    }

    /// Reads what is there, at least one byte. 0: the peer has finished writing.
    package func read(
        into buffer: inout MutableRawSpan, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) -> Int {
        try receive(into: &buffer, at: 0, until: deadline, stop: stop)
    }

    /// Fills `buffer`. A peer that closes before is `connectionLost`.
    package func readFully(
        into buffer: inout MutableRawSpan, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) {
        var done = 0
        while done < buffer.byteCount {
            let count = try receive(into: &buffer, at: done, until: deadline, stop: stop)
            guard count > 0 else {
                throw Failure(
                    LinuxFault.connectionLost,
                    "\(peerName) closed the connection after \(done) of \(buffer.byteCount) bytes.",
                    target: peerName)
            }
            done += count
        }
    }

    private func receive(
        into buffer: inout MutableRawSpan, at offset: Int, until deadline: Deadline, stop: StopSignal?
    ) throws(Failure) -> Int {
        guard offset < buffer.byteCount else { return 0 }
        while true {
            let count = descriptor.withRaw { number in
                // SAFETY: at most the rest of the span is written.
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe ferry_receive(number, bytes.baseAddress! + offset, bytes.count - offset)
                }
            }
            if count >= 0 { return count }
            if count == -Int(EINTR) { continue }
            guard count == -Int(EAGAIN) else {
                throw Failure(errno: Int32(clamping: count), "read from \(peerName)", target: peerName)
            }
            try wait(Readiness.reading, deadline, stop, "read from")
        }
    }

    /// Writes all of `bytes`.
    package func writeFully(_ bytes: RawSpan, until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) {
        try writeFully(header: bytes, payload: RawSpan(), until: deadline, stop: stop)
    }

    package func writeFully(_ bytes: [UInt8], until deadline: Deadline, stop: StopSignal? = nil) throws(Failure) {
        // SAFETY: UInt8 has no padding.
        try writeFully(unsafe bytes.span.bytes, until: deadline, stop: stop)
    }

    /// The next `count` bytes. For small messages whose length was checked.
    package func readFully(
        _ count: Int, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        var span = result.mutableSpan
        // SAFETY: UInt8 has no padding and every bit pattern is a value.
        var bytes = unsafe span.mutableBytes
        try readFully(into: &bytes, until: deadline, stop: stop)
        return result
    }

    /// Writes `header`, then `payload`, without joining them in memory first.
    package func writeFully(
        header: RawSpan, payload: RawSpan, until deadline: Deadline, stop: StopSignal? = nil
    ) throws(Failure) {
        let total = header.byteCount + payload.byteCount
        var done = 0
        while done < total {
            // SAFETY: `done` is split over the two spans so that both pieces end where their span ends.
            let count = unsafe header.withUnsafeBytes { first in
                unsafe payload.withUnsafeBytes { second in
                    let skipped = min(done, first.count)
                    let skippedOfSecond = done - skipped
                    return descriptor.withRaw { number in
                        let start = unsafe first.baseAddress.map { unsafe $0 + skipped }
                        let secondStart = unsafe second.baseAddress.map { unsafe $0 + skippedOfSecond }
                        return unsafe skipped == first.count
                            ? ferry_send(number, secondStart, second.count - skippedOfSecond, nil, 0)
                            : ferry_send(number, start, first.count - skipped, secondStart, second.count)
                    }
                }
            }
            if count == -Int(EINTR) { continue }
            if count == -Int(EAGAIN) {
                try wait(Readiness.writing, deadline, stop, "write to")
                continue
            }
            guard count >= 0 else {
                throw Failure(errno: Int32(clamping: count), "write to \(peerName)", target: peerName)
            }
            done += count
        }
    }

    /// Writes `bytes` (a few, at once) with a descriptor attached; the other process gets a copy. Unix sockets only.
    package func write(_ bytes: [UInt8], passing passed: SharedDescriptor, until deadline: Deadline) throws(Failure) {
        precondition(!bytes.isEmpty, "A descriptor travels with at least one byte.")
        while true {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                // SAFETY: the buffer is valid within the closure.
                descriptor.withRaw { number in
                    passed.withRaw { unsafe ferry_send_with_descriptor(number, bytes.baseAddress, bytes.count, $0) }
                }
            }
            if count == -Int(EINTR) { continue }
            if count == -Int(EAGAIN) {
                try wait(Readiness.writing, deadline, nil, "write to")
                continue
            }
            guard count >= 0 else {
                throw Failure(errno: Int32(clamping: count), "pass a descriptor to \(peerName)", target: peerName)
            }
            // The descriptor went with the first byte.
            if count < bytes.count {
                try writeFully(Array(bytes[count...]), until: deadline)
            }
            return
        }
    }

    private func wait(_ events: Int16, _ deadline: Deadline, _ stop: StopSignal?, _ verb: String) throws(Failure) {
        try descriptor.withRaw { (number) throws(Failure) in
            try Readiness.wait(number, for: events, until: deadline, stop: stop, attempt: "\(verb) \(peerName)")
        }
    }

    /// Ends both directions at once: reads and writes in progress on any thread return.
    package func shutDown() { descriptor.withRaw { _ = ferry_shutdown($0) } }

    /// Tells the peer that nothing more comes; reading goes on.
    package func finishWriting() { descriptor.withRaw { _ = ferry_finish_writing($0) } }

    /// Our own address, nil for a socket without one.
    package var localAddress: SocketAddress? {
        var raw = ferry_address()
        // SAFETY: a local structure of the type the call fills.
        guard descriptor.withRaw({ number in unsafe ferry_local_address(number, &raw) }) == 0 else { return nil }
        return SocketAddress(raw: raw)
    }

    /// Who is on the other end of a Unix socket.
    package func peerCredentials() throws(Failure) -> PeerCredentials {
        var raw = ferry_peer()
        // SAFETY: a local structure of the type the call fills.
        let result = descriptor.withRaw { number in unsafe ferry_peer_of(number, &raw) }
        guard result == 0 else { throw Failure(errno: result, "learn who \(peerName) is", target: peerName) }
        return PeerCredentials(pid: raw.pid, user: raw.user, group: raw.group)
    }

    /// The socket as a descriptor, to hand to a program that is started. It waits in its calls from now on, as programs expect
    /// of their standard streams, so it is of no more use here.
    package func forProgram() -> SharedDescriptor {
        descriptor.withRaw { _ = ferry_set_nonblocking($0, 0) }
        return descriptor
    }
}

/// The process that made the other end of a Unix socket, as the kernel saw it then.
package struct PeerCredentials: Hashable, Sendable {
    package let pid: Int32
    package let user: UInt32
    package let group: UInt32
}
