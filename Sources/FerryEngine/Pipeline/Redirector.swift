import FerryLanguage

/// A stage's streams after its redirections.
struct Redirector {
    let frame: Frame
    let output: Sink

    init(_ nodes: [RedirectionNode], _ frame: Frame, _ output: Sink, _ run: PipelineRun) throws(Stop) {
        guard !nodes.isEmpty else {
            self.frame = frame
            self.output = output
            return
        }
        var streams = frame.streams
        var destination = output
        // `> file 2>&1` sends errors to the file: files for the output stream come first.
        let takesOutput = nodes.contains { node in
            if case .file = node.target { node.stream == .output } else { false }
        }
        for node in nodes where node.stream == .output || node.stream == .all {
            if case .file(let path, let appends) = node.target {
                let file = try Redirector.open(path, appends, node, frame, run)
                if node.stream == .output || !takesOutput { destination = file }
                if node.stream == .all { Redirector.set(.all, file, &streams) }
            }
        }
        for node in nodes {
            switch node.target {
            case .output: Redirector.set(node.stream, destination, &streams)
            case .file(let path, let appends):
                if node.stream == .output || node.stream == .all { continue }
                Redirector.set(node.stream, try Redirector.open(path, appends, node, frame, run), &streams)
            }
        }
        self.frame = frame.redirected(streams)
        self.output = destination
    }

    private static func set(_ stream: Redirection.Stream, _ sink: Sink, _ streams: inout Streams) {
        switch stream {
        case .all:
            streams.error = sink
            streams.warning = sink
            streams.verbose = sink
            streams.debug = sink
            streams.information = sink
        case .output: break
        case .error: streams.error = sink
        case .warning: streams.warning = sink
        case .verbose: streams.verbose = sink
        case .debug: streams.debug = sink
        case .information: streams.information = sink
        }
    }

    private static func open(
        _ path: ExpressionNode, _ appends: Bool, _ node: RedirectionNode, _ frame: Frame, _ run: PipelineRun
    ) throws(Stop) -> Sink {
        let value = try path.evaluate(frame)
        if value.isNull { return NullSink() }
        do throws(Stop) {
            let redirection = try FileRedirection(value.display, appends: appends, frame)
            run.redirections.append(redirection)
            return redirection
        } catch {
            throw error.located(node.range, frame)
        }
    }
}

/// A file that takes objects as the console would show them, UTF-8 without a byte order mark unless a default of Out-File says otherwise.
package final class FileRedirection: Sink {
    private let formatter: OutputFormatter
    private let file: TextFileWriter

    init(_ path: String, appends: Bool, _ frame: Frame) throws(Stop) {
        let file = try TextFileWriter(
            frame.runspace.location.resolve(path), appends: appends, encoding: Self.encoding(frame))
        self.file = file
        formatter = OutputFormatter(
            source: frame.runspace, renderer: frame.runspace.textRenderer()
        ) { line throws(Stop) in try file.write(line + "\n") }
    }

    /// `$PSDefaultParameterValues['Out-File:Encoding']` speaks for `>`, too.
    private static func encoding(_ frame: Frame) -> String? {
        guard case .table(let defaults)? = frame.scope.value(of: .defaultParameterValues), defaults.count > 0,
            defaults["Disabled"]?.isTrue != true
        else { return nil }
        for (key, value) in defaults.pairs {
            let parts = key.display.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
            if parts.count == 2, WildcardPattern(parts[0]).matches("Out-File"),
                WildcardPattern(parts[1]).matches("Encoding")
            {
                return (value.asObject as? EncodingObject)?.encodingName ?? value.display
            }
        }
        return nil
    }

    package override func write(_ value: Value) throws(Stop) {
        if let record = value.asObject as? MessageRecord { return try formatter.add(.string(record.message)) }
        if let record = value.asObject as? InformationRecord { return try formatter.add(.string(record.text)) }
        try formatter.add(value)
    }

    /// A program's output, not looked at.
    func write(bytes: ArraySlice<UInt8>) throws(Stop) { try file.write(bytes: bytes) }

    func finish() throws(Stop) {
        try formatter.finish()
        try file.close()
    }
}

extension Streams {
    /// `-ErrorVariable`, `-WarningVariable` and `-InformationVariable` of a function collect what its body reports too.
    func collecting(_ collectors: Collectors, _ preferences: Preferences, _ frame: Frame) -> Streams {
        let runspace = frame.runspace
        var copy = self
        let outer = self
        if let collector = collectors.error {
            copy.error = ClosureSink { value throws(Stop) in
                try collector.append(value)
                if let record = value.asObject as? ErrorRecord { try outer.writeError(record, runspace) }
            }
            copy.silentError = ClosureSink { value throws(Stop) in
                try collector.append(value)
                try outer.silentError?.write(value)
            }
        }
        if let collector = collectors.warning {
            copy.warning = ClosureSink { value throws(Stop) in
                try collector.append(value)
                if let sink = outer.warning { return try sink.write(value) }
                guard let record = value.asObject as? MessageRecord else { return }
                runspace.flushOutput()
                runspace.show(record.message, .warning)
            }
        }
        if let collector = collectors.information {
            copy.information = ClosureSink { value throws(Stop) in
                guard let record = value.asObject as? InformationRecord else { return }
                try runspace.inform(
                    record, action: preferences.informationAction, frame: frame, collector: collector)
            }
        }
        if collectors.error != nil || collectors.warning != nil || collectors.information != nil {
            copy.uncollected = outer.uncollected ?? outer
        }
        return copy
    }
}
