import FerryEngine
import Glibc

extension SessionCopy {
    /// - Parameter destination: a path of the other side, as it was written.
    func send(_ paths: [String], isLiteral: Bool, to destination: String) throws(Stop) {
        guard !destination.isEmpty else {
            throw Self.failure(
                "CopyItemRemoteDestinationIsNullOrEmpty", .invalidArgument,
                "'Destination' parameter cannot be null or empty.", destination, "System.ArgumentException")
        }
        guard destination.hasPrefix("/") else { throw Self.relative(destination) }
        for path in try io.files(paths, isLiteral: isLiteral, hidden: force) where filter.fitsLists(path) {
            do throws(Stop) { try send(path, to: destination) } catch { try reportOne(error) }
        }
    }

    private func send(_ path: String, to destination: String) throws(Stop) {
        guard let item = SessionItem(here: path) else { return try io.reportMissing(path) }
        if item.kind != .folder, let pattern = filter.filter, !pattern.matches(item.name) { return }
        let there = try items(destination, isLiteral: true).first
        if there == nil {
            let parent = ArrivingFile.folder(
                of: destination.hasSuffix("/") ? String(destination.dropLast()) : destination)
            guard try items(parent, isLiteral: true).first?.kind == .folder else { throw Self.missing(destination) }
        }
        let place = there?.kind == .folder ? Self.join(destination, item.name) : destination
        guard item.kind == .folder else {
            guard try io.confirms("Copy File", "Item: \(path) Destination: \(place)") else { return }
            return try sendFile(item, to: place)
        }
        if let there, there.kind != .folder, !isFlat { throw Self.occupied(item, destination) }
        guard try io.confirms("Copy Directory", "Item: \(path) Destination: \(place)") else { return }
        if isFlat {
            return try sendTree(item, to: destination, into: there?.kind == .folder, inside: [])
        }
        if recurses { try sendTree(item, to: place, inside: []) } else { try makeFolder(place) }
    }

    private func makeFolder(_ place: String) throws(Stop) {
        try run("param($p) New-SessionFolder $p", [.string(place)])
    }

    /// - Parameter isFolder: the place is a folder, or becomes one; false for a file that `isFlat` writes over.
    private func sendTree(_ item: SessionItem, to place: String, into isFolder: Bool = true, inside: [String])
        throws(Stop)
    {
        guard inside.count < Self.depthLimit, !inside.contains(item.identity) else { throw Self.tooDeep(item) }
        if !isFlat { try makeFolder(place) }
        guard let names = FileItem.contents(of: item.path) else { throw ArrivingFile.stop(errno, item.path, "read") }
        for name in names {
            guard let child = SessionItem(here: Self.join(item.path, name)) else { continue }
            let target = isFolder ? Self.join(place, name) : place
            do throws(Stop) {
                if child.kind == .folder {
                    try sendTree(
                        child, to: isFlat ? place : target, into: isFolder, inside: inside + [item.identity])
                } else if filter.filter?.matches(name) ?? true {
                    try sendFile(child, to: target)
                }
            } catch { try reportOne(error) }
        }
    }

    private func sendFile(_ item: SessionItem, to place: String) throws(Stop) {
        let file = try DepartingFile(item.path)
        defer { show(item.path, place, item.length, of: item.length) }
        var id: String?
        var sent: Int64 = 0
        do throws(Stop) {
            var piece = try file.next()
            repeat {
                // The first call begins the file, the last one completes it: small ones need no other.
                let next = piece == nil ? nil : try file.next()
                sent += Int64(piece?.count ?? 0)
                var words: [(String, Value)] = [("Data", .string(DepartingFile.text(of: piece ?? [])))]
                if let id {
                    words.append(("Id", .string(id)))
                } else {
                    words += [("Path", .string(place)), ("Mode", .long(Int64(item.mode))), ("Force", .bool(force))]
                }
                if next == nil {
                    words += [
                        ("Complete", .bool(true)), ("Length", .long(sent)),
                        ("Seconds", .long(Int64(item.written.tv_sec))),
                        ("Nanoseconds", .long(Int64(item.written.tv_nsec))),
                    ]
                }
                try run("param($words) Write-SessionFile @words", [.table(TableObject(words))]) { value in
                    if id == nil, case .string(let text) = value { id = text }
                }
                guard id != nil else { throw Self.unanswered(item) }
                if sent < item.length { show(item.path, place, sent, of: item.length) }
                piece = next
            } while piece != nil
        } catch {
            discard()
            throw error
        }
    }

    private static func unanswered(_ item: SessionItem) -> Stop {
        failure(
            "CopyItemRemotelyFailed", .writeError, "Failed to copy file \(item.path) to remote target destination.",
            item.path, "System.IO.IOException")
    }
}
