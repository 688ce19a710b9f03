import FerryCore
import Glibc

/// A program in a pipeline: objects in as lines of text, lines of its output out as strings.
///
/// One thread does both directions: input is written only as far as the pipe takes it, and output is read in between, so neither
/// side can block the other.
final class NativeStage: Stage {
    private let path: String
    let request: StageRequest
    private var process: NativeProcess?
    private var outputLines = LineBuffer()
    private var errorLines = LineBuffer()
    private var formatter: OutputFormatter?
    private var pending: [UInt8] = []
    /// The first line of errors has the id of the error, the others that of its messages.
    private var hasReported = false
    /// Of another shell: what it writes, and what it is to read, when that is objects.
    private var outputObjects: (any ObjectReader)?
    private var errorObjects: (any ObjectReader)?
    private var inputObjects: (any ObjectWriter)?

    init(_ path: String, _ request: StageRequest) {
        self.path = path
        self.request = request
        super.init(request.run)
    }

    var runspace: Runspace { request.frame.runspace }

    override func begin() throws(Stop) {
        let showsOutput = request.isLast && request.output.isTerminal
        var call: ShellCall?
        if ShellCall.isMeant(path, request.arguments),
            let exchange: any ObjectExchange = runspace.service(ObjectExchangeKey.self)
        {
            let made = try ShellCall(request.arguments, showsOutput: showsOutput, exchange, runspace)
            if made.sendsObjects, request.invocation.expectsInput { inputObjects = exchange.makeWriter() }
            if made.receivesObjects { (outputObjects, errorObjects) = (exchange.makeReader(), exchange.makeReader()) }
            call = made
        }
        let direct = showsOutput && outputObjects == nil
        if direct { runspace.flushOutput() }
        var errors: NativeProcess.Stream =
            switch request.frame.streams.error {
            case nil: runspace.host.usesStandardStreams ? .inherited : .pipe
            case is NullSink: .null
            default: .pipe
            }
        if errorObjects != nil { errors = .pipe }
        let words = if let call { call.words } else { try NativeArguments.words(request.arguments, runspace) }
        process = try NativeProcess(
            path: path, arguments: words,
            folder: runspace.location.path, input: request.invocation.expectsInput ? .pipe : .inherited,
            output: direct ? .inherited : (request.output is NullSink ? .null : .pipe), errors: errors)
        if request.invocation.expectsInput {
            formatter = OutputFormatter(
                source: runspace, renderer: runspace.textRenderer()
            ) { [unowned self] line throws(Stop) in try self.send(line + "\n") }
        }
    }

    override func receive(_ value: Value) throws(Stop) {
        try runspace.interrupt.check()
        if let text = inputObjects?.text(of: value, runspace) { return try send(text) }
        if let text = value.asString { return try send(text + "\n") }
        try formatter?.add(value)
    }

    override func end() throws(Stop) {
        guard let process else { return }
        if let text = inputObjects?.end() { try send(text) } else { try formatter?.finish() }
        try pump(untilWritten: true)
        process.closeInput()
        try drain()
        let code = process.wait(runspace.interrupt)
        try runspace.interrupt.check()
        runspace.setExitCode(code)
        if code != 0 {
            run.hadErrors = true
            if request.frame.scope.value(of: Symbol("PSNativeCommandUseErrorActionPreference"))?.isTrue == true {
                try report(code, process.pid)
            }
        }
    }

    override func dispose() { process = nil }

    private func report(_ code: Int32, _ pid: Int32) throws(Stop) {
        let digits = String(UInt32(bitPattern: code), radix: 16, uppercase: true)
        let exception = ExceptionObject(
            "System.Management.Automation.NativeCommandExitException",
            "Program \"\(PathText.leaf(path))\" ended with non-zero exit code: \(code) "
                + "(0x\(String(repeating: "0", count: 8 - digits.count))\(digits)).")
        exception.details = [
            ("Path", .string(path)), ("ExitCode", .int(code)), ("ProcessId", .int(pid)),
        ]
        let record = ErrorRecord(
            exception, errorID: "ProgramExitedWithNonZeroCode", category: .notSpecified, target: .string(path))
        record.invocation = request.invocation
        // Only the preference decides: a `try` around it makes nothing terminating.
        switch request.frame.scope.value(of: .errorActionPreference).flatMap({ ActionPreference($0) }) ?? .continue {
        case .ignore: return
        case .silentlyContinue: runspace.record(record)
        case .stop:
            record.forcesStop = true
            runspace.record(record)
            throw .error(record)
        case .continue, .inquire, .suspend, .break: runspace.report(record, request.frame)
        }
    }

    /// Bytes of the program before this one, as they are.
    private func take(_ bytes: ArraySlice<UInt8>) throws(Stop) {
        pending += bytes
        try pump(untilWritten: pending.count > 1 << 16)
    }

    /// Gives output to what takes it byte for byte: another program, or a file. `false` for everything that takes lines of text.
    ///
    /// Errors that go the same way are records, so then all of it is text.
    private func passOn(_ bytes: ArraySlice<UInt8>) throws(Stop) -> Bool {
        if let errors = request.frame.streams.error, errors === request.output { return false }
        if let next = request.output as? NativeStage {
            try next.take(bytes)
            return true
        }
        guard let file = request.output as? FileRedirection else { return false }
        try file.write(bytes: bytes)
        return true
    }

    private func send(_ text: String) throws(Stop) {
        pending += text.utf8
        try pump(untilWritten: pending.count > 1 << 16)
    }

    /// Moves bytes both ways. With `untilWritten`, until the input is written or the program has closed it; otherwise only as far
    /// as nothing blocks.
    private func pump(untilWritten: Bool) throws(Stop) {
        while let process, process.input >= 0, !pending.isEmpty {
            try runspace.interrupt.check()
            var polls: [pollfd] = [pollfd(fd: process.input, events: Int16(POLLOUT), revents: 0)]
            for descriptor in [process.output, process.errors] where descriptor >= 0 {
                polls.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
            // SAFETY: the array holds as many entries as are announced.
            let count = unsafe poll(&polls, nfds_t(polls.count), untilWritten ? 200 : 0)
            if count < 0, errno != EINTR { return }
            if count == 0, !untilWritten { return }
            for entry in polls.dropFirst() where entry.revents != 0 { try readSome(entry.fd) }
            if polls[0].revents & Int16(POLLERR) != 0 {
                pending = []
                process.closeInput()
            } else if polls[0].revents & Int16(POLLOUT) != 0 {
                // SAFETY: writes at most the array's own size.
                let written = unsafe pending.withUnsafeBytes {
                    unsafe Glibc.write(process.input, $0.baseAddress, $0.count)
                }
                if written > 0 {
                    pending.removeFirst(written)
                } else if errno != EAGAIN, errno != EINTR {
                    pending = []
                    process.closeInput()
                }
            }
        }
    }

    /// Reads what is left of both outputs to their ends.
    private func drain() throws(Stop) {
        while let process, process.output >= 0 || process.errors >= 0 {
            if runspace.interrupt.isRaised { _ = kill(process.pid, SIGINT) }
            try runspace.interrupt.check()
            var polls: [pollfd] = []
            for descriptor in [process.output, process.errors] where descriptor >= 0 {
                polls.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
            // SAFETY: the array holds as many entries as are announced.
            let count = unsafe poll(&polls, nfds_t(polls.count), 200)
            if count < 0, errno != EINTR { return }
            for entry in polls where entry.revents != 0 { try readSome(entry.fd) }
        }
        try deliver(try objects { () throws(Failure) in try outputObjects?.end() ?? [] }, fromErrors: false)
        try deliver(try objects { () throws(Failure) in try errorObjects?.end() ?? [] }, fromErrors: true)
        if let rest = outputLines.finish() { try request.output.write(.string(rest)) }
        if let rest = errorLines.finish() { try writeError(rest) }
    }

    private func readSome(_ descriptor: Int32) throws(Stop) {
        guard let process else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: reads at most the buffer's own size.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        let isOutput = descriptor == process.output
        if count <= 0 {
            process.closeOutput(descriptor)
            return
        }
        if isOutput ? outputObjects != nil : errorObjects != nil {
            let records = try objects { () throws(Failure) in
                try isOutput
                    ? outputObjects?.records(adding: buffer[..<count]) : errorObjects?.records(adding: buffer[..<count])
            }
            return try deliver(records ?? [], fromErrors: !isOutput)
        }
        if isOutput {
            if try passOn(buffer[..<count]) { return }
            for line in outputLines.lines(adding: buffer[..<count]) { try request.output.write(.string(line)) }
        } else {
            for line in errorLines.lines(adding: buffer[..<count]) { try writeError(line) }
        }
    }

    private func objects<Records>(_ read: () throws(Failure) -> Records) throws(Stop) -> Records {
        do throws(Failure) { return try read() } catch { throw .error(ErrorRecord(error, target: .string(path))) }
    }

    func writeError(_ line: String) throws(Stop) {
        guard let sink = request.frame.streams.error else { return runspace.host.writeErrorLine(line) }
        let record = ErrorRecord(
            ExceptionObject("System.Management.Automation.RemoteException", line),
            errorID: hasReported ? "NativeCommandErrorMessage" : "NativeCommandError", category: .notSpecified,
            target: .string(line))
        record.invocation = request.invocation
        hasReported = true
        try sink.write(.object(record))
    }
}

/// Bytes cut into lines of UTF-8 text.
private struct LineBuffer {
    private var rest: [UInt8] = []

    mutating func lines(adding bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
                lines.append(String(decoding: rest, as: UTF8.self))
                rest.removeAll(keepingCapacity: true)
            } else {
                rest.append(byte)
            }
        }
        return lines
    }

    mutating func finish() -> String? {
        defer { rest = [] }
        return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
    }
}

/// The words a program gets.
enum NativeArguments {
    /// Whether a space stands before and after each comma of a written array; commas within quotes and brackets are an element's.
    private static func spacesAroundCommas(_ written: String) -> [(before: Bool, after: Bool)] {
        var found: [(before: Bool, after: Bool)] = []
        var quote: Character?
        var depth = 0
        let characters = Array(written)
        for (index, character) in characters.enumerated() {
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "'", "\"": quote = character
            case "(", "{", "[": depth += 1
            case ")", "}", "]": depth -= 1
            case "," where depth == 0:
                found.append(
                    (
                        before: index > 0 && characters[index - 1].isWhitespace,
                        after: index + 1 < characters.count && characters[index + 1].isWhitespace
                    ))
            default: break
            }
        }
        return found
    }

    /// `a,b` is one word; where a space stands beside a comma another begins.
    private static func words(_ texts: [String], written: String) -> [String] {
        guard var word = texts.first else { return [] }
        var words: [String] = []
        let spaces = spacesAroundCommas(written)
        for (index, text) in texts.dropFirst().enumerated() {
            let space = index < spaces.count ? spaces[index] : (before: false, after: false)
            if space.before {
                words.append(word)
                word = ""
            }
            word += ","
            if space.after {
                words.append(word)
                word = ""
            }
            word += text
        }
        return words + [word]
    }

    static func words(_ arguments: [Argument], _ runspace: Runspace) throws(Stop) -> [String] {
        var words: [String] = []
        for argument in arguments {
            switch argument.kind {
            case .value(let value):
                if let elements = value.elements {
                    let texts = elements.map(\.display)
                    words += argument.written.map { Self.words(texts, written: $0) } ?? texts
                } else if let written = argument.written {
                    words += expand(written, runspace)
                } else if argument.expands, let text = value.asString {
                    words += expand(text, runspace)
                } else if let block = value.asObject as? ScriptBlock {
                    // `find … -exec ls {} ;`
                    words.append("{" + block.text + "}")
                } else {
                    words.append(value.display)
                }
            case .parameter(let name, let value):
                let written = argument.written ?? "-" + name
                guard let value else {
                    words.append(written)
                    continue
                }
                // `-n:5` is one word; an array continues as further words.
                if let elements = value.elements, let first = elements.first {
                    words.append(written + first.display)
                    words += elements.dropFirst().map(\.display)
                } else {
                    words.append(written + value.display)
                }
            case .splatted(let name, let value): words.append("-\(name):\(value.display)")
            case .endOfParameters: words.append("--")
            case .verbatim(let text): words += text.split(separator: " ").map(String.init)
            }
        }
        return words
    }

    /// `~` and wildcards in unquoted words, as a Unix shell expands them; a pattern that matches nothing stays.
    private static func expand(_ word: String, _ runspace: Runspace) -> [String] {
        if word == "~" || word.hasPrefix("~/") { return [runspace.location.resolve(word)] }
        guard WildcardPattern.isPattern(word) else { return [word] }
        let found = Glob.paths(word, in: runspace.location.path)
        return found.isEmpty ? [word] : found
    }
}

/// File names that match a pattern.
package enum Glob {
    /// Paths for a pattern; relative ones stay relative. Hidden names need a pattern that begins with a dot.
    package static func paths(_ pattern: String, in folder: String) -> [String] {
        let isAbsolute = pattern.hasPrefix("/")
        var found = [isAbsolute ? "/" : ""]
        for part in pattern.split(separator: "/") {
            var next: [String] = []
            for base in found {
                guard WildcardPattern.isPattern(String(part)) else {
                    let path = base.isEmpty || base.hasSuffix("/") ? base + part : base + "/" + part
                    if FileText.exists(absolute(path, folder)) { next.append(path) }
                    continue
                }
                let wildcard = WildcardPattern(String(part), caseSensitive: true)
                for name in FileText.entries(of: absolute(base.isEmpty ? "." : base, folder)) {
                    if name.hasPrefix("."), !part.hasPrefix(".") { continue }
                    if wildcard.matches(name) {
                        next.append(base.isEmpty || base.hasSuffix("/") ? base + name : base + "/" + name)
                    }
                }
            }
            found = next
        }
        return found
    }

    private static func absolute(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : PathText.normalized(folder + "/" + path)
    }
}
