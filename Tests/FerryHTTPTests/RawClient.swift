import Foundation
import Glibc

/// Bytes on a socket, for what a proper client would never send. Blocking calls run on threads of their own.
enum RawClient {
    static func connect(path: String) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        return try connect(AF_UNIX, &address)
    }

    /// - Parameter last: the last byte of the loopback address that it comes from.
    static func connect(port: UInt16, from last: UInt8 = 1) throws -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var own = address
        own.sin_port = 0
        own.sin_addr.s_addr = (0x7F00_0000 | UInt32(last)).bigEndian
        return try connect(AF_INET, &address, from: own)
    }

    private static func connect<Address>(
        _ family: Int32, _ address: inout Address, from own: Address? = nil
    ) throws -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        if var own {
            let result = unsafe withUnsafePointer(to: &own) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe bind(descriptor, generic, socklen_t(MemoryLayout<Address>.size))
                }
            }
            guard result == 0 else {
                close(descriptor)
                throw POSIXError(.EADDRNOTAVAIL)
            }
        }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe Glibc.connect(descriptor, generic, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        // A server that never answers must fail the test, not hang it.
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    @discardableResult
    static func write(_ descriptor: Int32, _ text: String) -> Bool { write(descriptor, Array(text.utf8)) }

    @discardableResult
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe send(descriptor, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Everything until the peer closes, or until `end` is contained.
    static func read(_ descriptor: Int32, until end: String? = nil) -> String {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress!, $0.count, 0) }
            if count <= 0 { return text }
            text += String(decoding: chunk[..<count], as: UTF8.self)
            if let end, text.contains(end) { return text }
        }
    }

    /// Runs blocking work off the cooperative pool.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }

    static func exchange(port: UInt16, _ text: String) async throws -> String {
        try await onThread {
            let descriptor = try connect(port: port)
            defer { close(descriptor) }
            write(descriptor, text)
            shutdown(descriptor, Int32(SHUT_WR))
            return read(descriptor)
        }
    }
}
