import FerryEngine
import Glibc

/// One echo request and what comes of it. A socket of its own, so that nothing of another request is taken for the answer.
final class EchoSocket {
    enum Outcome {
        /// - Parameter hops: the time to live that was left, where the system tells it.
        case answered(from: String, milliseconds: Int64, hops: Int?, bytes: Int)
        /// A router on the way, when it said who it is.
        case expired(at: String?)
        case tooBig
        case unreachable(EchoStatus)
        case timedOut
    }

    private let descriptor: Int32
    private let isV6: Bool
    /// Whether the kernel keeps the identifier and puts no header before answers: sockets that need no rights.
    private let isPlain: Bool
    private let identifier = UInt16.random(in: 1 ... .max)
    private let address: HostAddress

    /// - Throws: the system's error number.
    init(
        to address: HostAddress, hops: Int, fragments: Fragmentation
    ) throws(SystemError) {
        let kind = address.isV6 ? Int32(IPPROTO_ICMPV6) : Int32(IPPROTO_ICMP)
        var made = socket(address.family, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), kind)
        isPlain = made >= 0
        if made < 0 { made = socket(address.family, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), kind) }
        guard made >= 0 else { throw SystemError(errno) }
        descriptor = made
        isV6 = address.isV6
        self.address = address
        let level = Int32(isV6 ? IPPROTO_IPV6 : IPPROTO_IP)
        set(level, isV6 ? Self.hopsV6 : IP_TTL, Int32(clamping: hops))
        set(level, isV6 ? Self.errorsV6 : Self.errorsV4, 1)
        if fragments != .allowed { set(level, isV6 ? Self.discoveryV6 : Self.discoveryV4, fragments.rawValue) }
        if !isV6 { set(level, Self.receivesHops, 1) }
        let code = unsafe address.bytes.withUnsafeBytes { raw in
            // SAFETY: the bytes are a sockaddr of that length.
            guard let start = raw.baseAddress else { return Int32(-1) }
            return unsafe connect(made, start.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
        guard code == 0 else { throw SystemError(errno) }
    }

    deinit { _ = close(descriptor) }

    /// `IP_PMTUDISC_…`: whether packets may be taken apart on the way.
    enum Fragmentation: Int32 {
        case allowed = 1
        /// Never, and what is known of the way counts.
        case forbidden = 2
        /// Never, and nothing is taken as known.
        case probing = 3
    }

    // Numbers of Linux' headers that the C library's module does not show.
    private static let errorsV4: Int32 = 11
    private static let errorsV6: Int32 = 25
    private static let discoveryV4: Int32 = 10
    private static let discoveryV6: Int32 = 23
    private static let hopsV6: Int32 = 16
    private static let receivesHops: Int32 = 12
    private static let errorQueue: Int32 = 0x2000

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // SAFETY: the option's value is an int of its own size.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends a request and waits for what comes of it; Ctrl-C ends the waiting.
    func ask(_ payload: [UInt8], sequence: UInt16, milliseconds: Int64, _ io: CommandIO) throws(Stop) -> Result<
        Outcome, SystemError
    > {
        let packet = packet(payload, sequence)
        let start = Self.now
        // An error of an earlier packet is told at the next call.
        for attempt in 0..<2 {
            // SAFETY: the buffer lives for the call and the count is its own.
            let sent = unsafe packet.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, 0) }
            if sent >= 0 { break }
            switch errno {
            case EMSGSIZE: return .success(.tooBig)
            case ENETUNREACH: return .success(.unreachable(.destinationNetworkUnreachable))
            case EHOSTUNREACH: return .success(.unreachable(.destinationHostUnreachable))
            case _ where attempt == 0: continue
            default: return .failure(SystemError(errno))
            }
        }
        while true {
            try io.interrupt.check()
            let left = milliseconds - (Self.now - start) / 1_000_000
            guard left > 0 else { return .success(.timedOut) }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // SAFETY: one structure is passed and one is counted.
            let ready = unsafe poll(&waiting, 1, Int32(min(left, 100)))
            guard ready > 0 else { continue }
            if let outcome = failure() { return .success(outcome) }
            if let answer = answer(sequence) {
                let taken = (Self.now - start) / 1_000_000
                return .success(
                    .answered(from: address.text, milliseconds: taken, hops: answer.hops, bytes: answer.bytes))
            }
        }
    }

    /// Nanoseconds of a clock that only goes forward.
    private static var now: Int64 {
        var time = timespec()
        // SAFETY: the clock writes the structure it is given.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func packet(_ payload: [UInt8], _ sequence: UInt16) -> [UInt8] {
        var packet: [UInt8] = [
            isV6 ? 128 : 8, 0, 0, 0, UInt8(identifier >> 8), UInt8(truncatingIfNeeded: identifier),
            UInt8(sequence >> 8),
            UInt8(truncatingIfNeeded: sequence),
        ]
        packet += payload
        var sum: UInt32 = 0
        for index in stride(from: 0, to: packet.count, by: 2) {
            let low = index + 1 < packet.count ? UInt32(packet[index + 1]) : 0
            sum += UInt32(packet[index]) << 8 | low
        }
        while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
        let check = ~UInt16(truncatingIfNeeded: sum)
        (packet[2], packet[3]) = (UInt8(check >> 8), UInt8(truncatingIfNeeded: check))
        return packet
    }

    /// The answer to the request, if that is what arrived.
    private func answer(_ sequence: UInt16) -> (hops: Int?, bytes: Int)? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: reads at most the buffer's own size.
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        guard count > 0 else { return nil }
        var (start, hops) = (0, nil as Int?)
        if !isPlain, !isV6 {
            start = Int(buffer[0] & 0xf) * 4
            hops = Int(buffer[8])
        }
        guard count >= start + 8, buffer[start] == (isV6 ? 129 : 0) else { return nil }
        let seen = UInt16(buffer[start + 6]) << 8 | UInt16(buffer[start + 7])
        let owner = UInt16(buffer[start + 4]) << 8 | UInt16(buffer[start + 5])
        guard seen == sequence, isPlain || owner == identifier else { return nil }
        return (hops, count - start - 8)
    }

    /// What a router or this computer says about the request, from the socket's queue of errors.
    private func failure() -> Outcome? {
        var control = [UInt8](repeating: 0, count: 512)
        var data = [UInt8](repeating: 0, count: 1024)
        // SAFETY: the message's parts point into buffers that outlive the call, with their own sizes.
        let received = unsafe control.withUnsafeMutableBytes { control in
            unsafe data.withUnsafeMutableBytes { data in
                var part = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
                return unsafe withUnsafeMutablePointer(to: &part) { part in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = part
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = control.baseAddress
                    unsafe message.msg_controllen = control.count
                    let count = unsafe recvmsg(descriptor, &message, Self.errorQueue | Int32(MSG_DONTWAIT))
                    return count < 0 ? 0 : unsafe Int(message.msg_controllen)
                }
            }
        }
        return received > 0 ? Self.outcome(control[..<min(received, control.count)]) : nil
    }

    /// Reads `cmsghdr`s: length, level and type, then `sock_extended_err` and the address of who reported.
    static func outcome(_ control: ArraySlice<UInt8>) -> Outcome? {
        func number(_ offset: Int, _ size: Int) -> Int {
            (0..<size).reversed().reduce(0) { $0 << 8 | Int(control[control.startIndex + offset + $1]) }
        }
        var offset = 0
        while offset + 16 <= control.count {
            let length = number(offset, 8)
            guard length >= 16, offset + length <= control.count else { return nil }
            let (level, type) = (number(offset + 8, 4), number(offset + 12, 4))
            let isV6 = level == Int(IPPROTO_IPV6) && type == Int(errorsV6)
            if isV6 || level == Int(IPPROTO_IP) && type == Int(errorsV4), length >= 32 {
                let (origin, kind, code) = (number(offset + 20, 1), number(offset + 21, 1), number(offset + 22, 1))
                if origin == 1 { return number(offset + 16, 4) == Int(EMSGSIZE) ? .tooBig : .unreachable(.unknown) }
                switch (isV6, kind, code) {
                case (false, 11, _), (true, 3, _): return .expired(at: reporter(control, offset + 32, offset + length))
                case (false, 3, 4), (true, 2, _): return .tooBig
                case (false, 3, 0), (true, 1, 0): return .unreachable(.destinationNetworkUnreachable)
                case (false, 3, 1), (true, 1, 3): return .unreachable(.destinationHostUnreachable)
                case (false, 3, 3), (true, 1, 4): return .unreachable(.destinationPortUnreachable)
                case (false, 3, 2): return .unreachable(.destinationProtocolUnreachable)
                case (false, 3, 9), (false, 3, 10), (false, 3, 13), (true, 1, 1):
                    return .unreachable(.destinationProhibited)
                default: return .unreachable(.unknown)
                }
            }
            offset += (length + 7) / 8 * 8
        }
        return nil
    }

    private static func reporter(_ control: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> String? {
        let bytes = Array(control.dropFirst(start).prefix(max(0, end - start)))
        guard bytes.count >= 2 else { return nil }
        switch Int32(bytes[0]) | Int32(bytes[1]) << 8 {
        case AF_INET where bytes.count >= 8: return bytes[4..<8].map(String.init).joined(separator: ".")
        case AF_INET6 where bytes.count >= 24:
            let groups = stride(from: 8, to: 24, by: 2).map {
                String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16)
            }
            return AddressObject(groups.joined(separator: ":"))?.text
        default: return nil
        }
    }
}

/// An error number of the system.
struct SystemError: Error {
    let code: Int32
    init(_ code: Int32) { self.code = code }
}
