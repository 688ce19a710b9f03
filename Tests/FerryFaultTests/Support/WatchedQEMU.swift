import FerryCore
import FerryHost
import FerryLinux
import FerryTestKit

/// QEMU with one more monitor, which says into a file of its own when the guest began and ceased to run. Nothing of Ferry knows
/// of it, and the file outlives whoever dies.
///
/// QEMU writes RESUME before it lets the first processor go and STOP after the last one has stood still, each with the time of
/// this computer's clock: a guest runs at most between the two.
enum WatchedQEMU {
    /// Writes the program to be named as `qemuBinary`; it puts its files into `folder`.
    ///
    /// - Parameter library: what ferryd preloads: the first program that it is loaded into is the script's shell.
    static func write(to path: String, runs folder: String, library: String) throws {
        let qemu = try Program.require("qemu-system-x86_64", package: "qemu-system-x86")
        try Folder.create(folder, mode: 0o700)
        // The name is the time of the start. The pipe has a reader, its opener, when the first word is written into it.
        let script = """
            #!/bin/sh
            case "$*" in *-qmp*) ;; *) exec '\(qemu)' "$@" ;; esac
            run='\(folder)'/$(date +%s%N)-$$
            mkfifo "$run.in" || exit 1
            : > "$run.out"
            exec 9<> "$run.in"
            printf '%s\\n' '{"execute":"qmp_capabilities"}' '{"execute":"query-status"}' >&9
            export LD_PRELOAD='\(library)'
            exec '\(qemu)' "$@" -chardev "pipe,id=watch,path=$run" -mon chardev=watch,mode=control
            """
        try DurableFile.replace(path, with: Array("\(script)\n".utf8), mode: 0o755)
    }
}

/// What one QEMU process said of its guest.
struct GuestRun: Sendable, Hashable {
    /// Microseconds of the computer's clock.
    struct Interval: Sendable, Hashable {
        var begin: Int64
        /// nil: QEMU never said that the guest stood still, so it may have run until QEMU's end or runs now.
        var end: Int64?
    }

    var host: String
    var processID: Int32
    var intervals: [Interval] = []

    /// - Parameters:
    ///   - started: microseconds; before QEMU answers on the monitor it tells no events.
    ///   - words: what it wrote; a last line without its end is not looked at.
    init(host: String, processID: Int32, started: Int64, words: [UInt8]) throws(Failure) {
        self.host = host
        self.processID = processID
        for line in words.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            let word = try JSONParser.parse(Array(line))
            if word["return"]?["running"] == true, intervals.last?.end != nil || intervals.isEmpty {
                intervals.append(Interval(begin: started))
            }
            guard let event = word["event"]?.text, let time = word["timestamp"],
                let seconds = time["seconds"]?.integer, let microseconds = time["microseconds"]?.integer
            else { continue }
            let moment = seconds * 1_000_000 + microseconds
            if event == "RESUME", intervals.isEmpty || intervals.last?.end != nil {
                intervals.append(Interval(begin: moment))
            }
            if event == "STOP", let last = intervals.indices.last, intervals[last].end == nil {
                intervals[last].end = moment
            }
        }
    }

    init(host: String, processID: Int32, intervals: [Interval]) {
        self.host = host
        self.processID = processID
        self.intervals = intervals
    }

    /// Of every QEMU that a host has started and whose file is there, in the order of their starts.
    static func all(of host: String, in folder: String) throws(Failure) -> [GuestRun] {
        var runs: [GuestRun] = []
        for name in try Folder.names(in: folder).sorted() where name.hasSuffix(".out") {
            let parts = name.dropLast(4).split(separator: "-")
            guard parts.count == 2, let started = Int64(parts[0]), let pid = Int32(parts[1]) else { continue }
            runs.append(
                try GuestRun(
                    host: host, processID: pid, started: started / 1000,
                    words: try DurableFile.read("\(folder)/\(name)", limit: 64 << 20)))
        }
        return runs
    }

    /// Removes the files of processes that have ended.
    static func forgetEnded(in folder: String) throws(Failure) {
        for name in try Folder.names(in: folder) {
            guard let pid = name.split(separator: ".").first?.split(separator: "-").last,
                try FileIdentity.ifPresent("/proc/\(pid)/exe") == nil
            else { continue }
            try DurableFile.remove("\(folder)/\(name)")
        }
    }

    /// Every pair of processes whose guests ran at one time.
    ///
    /// A guest that ran when its QEMU was killed counts as one that runs on: whoever takes it up later had not got what it did
    /// last. Exact in both directions: a host is told to go on only after the other's STOP was written, so at most the two
    /// moments are equal.
    static func overlaps(_ runs: [GuestRun]) -> [String] {
        var found: [String] = []
        for (index, one) in runs.enumerated() {
            for other in runs[(index + 1)...] {
                for a in one.intervals {
                    for b in other.intervals where a.begin < b.end ?? .max && b.begin < a.end ?? .max {
                        found.append(
                            "the guest ran on \(one.host) (QEMU \(one.processID), \(a.words)) and on \(other.host) (QEMU \(other.processID), \(b.words))"
                        )
                    }
                }
            }
        }
        return found
    }
}

extension GuestRun.Interval {
    fileprivate var words: String { "from \(begin) to \(end.map { "\($0)" } ?? "the end") µs" }
}
