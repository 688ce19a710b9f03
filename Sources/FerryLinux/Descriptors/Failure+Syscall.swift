package import FerryCore
import Glibc

extension Failure {
    /// The failure for what the kernel refused.
    ///
    /// - Parameters:
    ///   - code: an errno value; its sign does not matter, because CLinux returns it negated.
    ///   - attempt: what was being done and to what, as a clause that follows "Cannot": "open /etc/hosts".
    ///   - target: the path, address or process, as the administrator knows it.
    package init(
        errno code: Int32, _ attempt: String, target: String? = nil, file: StaticString = #fileID, line: UInt = #line
    ) {
        let number = abs(code)
        self.init(
            LinuxFault(errno: number), "Cannot \(attempt): \(Self.words(for: number)).", target: target, file: file,
            line: line)
    }

    /// The failure for a name that the resolver did not find. `code` is an `EAI_` value.
    init(resolver code: Int32, host: String) {
        // SAFETY: gai_strerror returns a constant string for every argument.
        let reason = unsafe String(cString: gai_strerror(code))
        self.init(LinuxFault.nameNotResolved, "Cannot find the address of \(host): \(reason).", target: host)
    }

    private static func words(for number: Int32) -> String {
        var text = [CChar](repeating: 0, count: 256)
        // SAFETY: the call writes at most `count` bytes and ends them with a zero.
        guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension LinuxFault {
    /// The catalogue's entry for an errno value; what has no entry of its own is `systemCallFailed`.
    init(errno code: Int32) {
        self =
            switch code {
            case ENOENT: .notFound
            case EACCES, EROFS: .accessDenied
            case EPERM: .needsRoot
            case EEXIST, ENOTEMPTY: .alreadyExists
            case ENOTDIR: .notAFolder
            case ENAMETOOLONG, ELOOP: .invalidPath
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            case ENOMEM: .noMemory
            case EMFILE, ENFILE: .tooManyDescriptors
            case EBUSY, EAGAIN, ETXTBSY: .busy
            case ETIMEDOUT: .timedOut
            case ECANCELED: .cancelled
            case ECONNREFUSED: .connectionRefused
            case ECONNRESET, EPIPE, ENOTCONN, ECONNABORTED: .connectionLost
            case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN: .hostUnreachable
            case EADDRINUSE, EADDRNOTAVAIL: .addressInUse
            case ESRCH, ECHILD: .processGone
            default: .systemCallFailed
            }
    }
}
