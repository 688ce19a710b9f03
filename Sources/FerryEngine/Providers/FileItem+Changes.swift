import Glibc

/// What scripts set on a file: `(Get-Item x).IsReadOnly = $true`.
extension FileItem {
    package func setProperty(_ wanted: String, to value: Value) throws(Stop) -> Bool {
        switch wanted.folded {
        case "isreadonly" where !isFolder: try setReadOnly(value.isTrue)
        case "attributes":
            guard
                case .symbol(let symbol) = try Conversion.convert(
                    value, to: RuntimeType(enum: EnumCatalog.fileAttributes))
            else { return false }
            try setReadOnly(symbol.number & 1 != 0)
        case "lastwritetime", "creationtime": try setTime(value, isUniversal: false, isAccess: false)
        case "lastwritetimeutc", "creationtimeutc": try setTime(value, isUniversal: true, isAccess: false)
        case "lastaccesstime": try setTime(value, isUniversal: false, isAccess: true)
        case "lastaccesstimeutc": try setTime(value, isUniversal: true, isAccess: true)
        default: return false
        }
        refresh()
        return true
    }

    /// `UTIME_OMIT`: this time stays as it is.
    private static let unchanged = (1 << 30) - 2

    /// Linux has one attribute that .NET can set: nobody may write.
    private func setReadOnly(_ isReadOnly: Bool) throws(Stop) {
        guard let status = Self.status(of: path, followingLinks: true) else { throw failure(ENOENT) }
        let mode = status.st_mode & 0o7777
        let wanted = isReadOnly ? mode & ~0o222 : mode & 0o222 == 0 ? mode | 0o200 : mode
        if wanted != mode, unsafe chmod(path, wanted) != 0 { throw failure(errno) }
    }

    private func setTime(_ value: Value, isUniversal: Bool, isAccess: Bool) throws(Stop) {
        guard case .date(var date) = try Conversion.convert(value, to: .dateTime) else { return }
        if date.kind == .unspecified { date.kind = isUniversal ? .utc : .local }
        let ticks = date.universal.ticks - DateTime.unixEpochTicks
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: 10_000_000)
        let time = timespec(
            tv_sec: Int(rest < 0 ? seconds - 1 : seconds), tv_nsec: Int(rest < 0 ? rest + 10_000_000 : rest) * 100)
        let kept = timespec(tv_sec: 0, tv_nsec: Self.unchanged)
        let times = isAccess ? [time, kept] : [kept, time]
        // SAFETY: utimensat reads the two entries the array has.
        if unsafe utimensat(AT_FDCWD, path, times, 0) != 0 { throw failure(errno) }
    }

    func failure(_ code: Int32) -> Stop { FileFailure.stop(code, path, doing: "change") }
}
