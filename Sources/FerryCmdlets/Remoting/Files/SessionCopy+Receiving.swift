import FerryEngine

extension SessionCopy {
    /// - Parameters:
    ///   - target: a path of this side, absolute.
    ///   - emits: the copies are put out.
    func receive(_ paths: [String], isLiteral: Bool, to target: String, emits: Bool) throws(Stop) {
        for path in paths {
            do throws(Stop) {
                guard path.hasPrefix("/") else { throw Self.relative(path) }
                let found = try items(path, isLiteral: isLiteral)
                if found.isEmpty { throw Self.missing(path) }
                for item in found where filter.fitsLists(item.name) {
                    do throws(Stop) { try receive(item, to: target, emits: emits) } catch { try reportOne(error) }
                }
            } catch { try reportOne(error) }
        }
    }

    private func receive(_ item: SessionItem, to target: String, emits: Bool) throws(Stop) {
        if item.kind != .folder, let pattern = filter.filter, !pattern.matches(item.name) { return }
        let isFolder = FileItem.isFolder(target)
        let place = isFolder ? Self.join(target, item.name) : target
        if item.kind == .folder {
            if !isFolder, !isFlat, FileItem.exists(target) { throw Self.occupied(item, target) }
            guard try io.confirms("Copy Directory", "Item: \(item.path) Destination: \(place)") else { return }
            if isFlat { return try receiveTree(item, to: target, into: isFolder, inside: []) }
            if recurses { try receiveTree(item, to: place, inside: []) } else { try FileChange.makeFolder(place) }
        } else {
            guard try io.confirms("Copy File", "Item: \(item.path) Destination: \(place)") else { return }
            try receiveFile(item, to: place)
        }
        if emits, let made = FileItem(place) { try io.emit(made.value) }
    }

    /// - Parameter isFolder: the place is a folder, or becomes one; false for a file that `isFlat` writes over.
    private func receiveTree(_ item: SessionItem, to place: String, into isFolder: Bool = true, inside: [String])
        throws(Stop)
    {
        guard inside.count < Self.depthLimit, !inside.contains(item.identity) else { throw Self.tooDeep(item) }
        if !isFlat { try FileChange.makeFolder(place) }
        for child in try children(of: item) {
            let target = isFolder ? Self.join(place, child.name) : place
            do throws(Stop) {
                if child.kind == .folder {
                    try receiveTree(
                        child, to: isFlat ? place : target, into: isFolder, inside: inside + [item.identity])
                } else if filter.filter?.matches(child.name) ?? true {
                    try receiveFile(child, to: target)
                }
            } catch { try reportOne(error) }
        }
    }

    private func receiveFile(_ item: SessionItem, to place: String) throws(Stop) {
        guard item.kind == .file else { throw ArrivingFile.noFile(item.path) }
        let file = try ArrivingFile(at: place, mode: item.mode, force: force)
        defer {
            file.discard()
            show(item.path, place, item.length, of: item.length)
        }
        var received: Int64 = 0
        var length: Int64?
        try run("param($p) Read-SessionFile $p", [.string(item.path)]) { value throws(Stop) in
            switch value {
            case .string(let text):
                guard length == nil, let piece = DepartingFile.piece(of: text) else { throw Self.unreadable(item) }
                try file.append(piece)
                received += Int64(piece.count)
                if received < item.length { show(item.path, place, received, of: item.length) }
            case .number(let number): length = number.asInt64
            default: throw Self.unreadable(item)
            }
        }
        guard let length else { throw Self.unreadable(item) }
        try file.complete(length: length, written: item.written)
    }

    private static func unreadable(_ item: SessionItem) -> Stop {
        failure(
            "CopyItemRemotelyFailedToReadFile", .writeError, "Failed to read remote file '\(item.path)'.", item.path,
            "System.IO.IOException")
    }
}
