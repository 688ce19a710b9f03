package import FerryCore

extension ProgressReport {
    /// What the full pass still takes at the present rate. Later rounds copy what the guest writes meanwhile: how many there will
    /// be is the guest's to say, so there is no estimate of them.
    package static func remaining(
        round: Int?, memory: LaneProgress?, disk: LaneProgress?, rate bytesPerSecond: Double?
    ) -> Duration? {
        guard round == 0, let bytesPerSecond, bytesPerSecond > 0, bytesPerSecond.isFinite else { return nil }
        let pending = [memory, disk].compactMap { $0?.pending.bytes }.reduce(0.0) { $0 + Double($1) }
        let seconds = pending / bytesPerSecond
        // A rate near nothing says nothing.
        guard pending > 0, seconds < 360_000 else { return nil }
        return .seconds(seconds.rounded(.up))
    }
}
