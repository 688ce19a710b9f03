/// `[semver]`, `System.Management.Automation.SemanticVersion`: three numbers and labels, ordered as Semantic Versioning 2.0.0
/// (section 11) orders them. Build labels have no part in the order.
package final class SemanticVersionObject: Object {
    package static let type = RuntimeType("System.Management.Automation.SemanticVersion")

    let major: Int32
    let minor: Int32
    let patch: Int32
    /// What stands after the dash; `nil` if nothing does.
    let preReleaseLabel: String?
    /// What stands after the plus; `nil` if nothing does.
    let buildLabel: String?

    package init(
        _ major: Int32, _ minor: Int32 = 0, _ patch: Int32 = 0, preReleaseLabel: String? = nil,
        buildLabel: String? = nil
    ) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.preReleaseLabel = preReleaseLabel
        self.buildLabel = buildLabel
    }

    /// `7`, `7.5`, `7.5.1`, `7.5.1-preview.2+build.9`; `nil` for any other text.
    package convenience init?(_ text: String) {
        var rest = Substring(text)
        func label(after mark: Character) -> String?? {
            guard let place = rest.firstIndex(of: mark) else { return .some(nil) }
            let found = String(rest[rest.index(after: place)...])
            rest = rest[..<place]
            let isLabel = found.utf8.allSatisfy {
                $0 == 0x2D || $0 == 0x2E || 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 | 0x20
            }
            return found.isEmpty || !isLabel ? nil : .some(found)
        }
        guard let build = label(after: "+"), let preRelease = label(after: "-") else { return nil }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int32(part) : nil }
        guard (1...3).contains(parts.count), numbers.count == parts.count else { return nil }
        self.init(
            numbers[0], numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0,
            preReleaseLabel: preRelease, buildLabel: build)
    }

    /// The version a value says: text, a version of at most three parts, a whole number; `nil` for anything else.
    static func read(_ value: Value) -> SemanticVersionObject? {
        switch value.plain {
        case .object(let object): object as? SemanticVersionObject
        case .string(let text): SemanticVersionObject(text)
        case .version(let version) where version.revision < 0:
            SemanticVersionObject(version.major, version.minor, max(0, version.build))
        case .number(let number):
            number.asInt64.flatMap { Int32(exactly: $0) }.flatMap { $0 >= 0 ? SemanticVersionObject($0) : nil }
        default: nil
        }
    }

    /// Negative, zero or positive.
    func order(_ other: SemanticVersionObject) -> Int {
        let (mine, theirs) = ((major, minor, patch), (other.major, other.minor, other.patch))
        if mine != theirs { return mine < theirs ? -1 : 1 }
        guard let preReleaseLabel else { return other.preReleaseLabel == nil ? 0 : 1 }
        guard let label = other.preReleaseLabel else { return -1 }
        let (parts, others) = (preReleaseLabel.split(separator: "."), label.split(separator: "."))
        for (part, other) in zip(parts, others) where part != other {
            switch (Int(part), Int(other)) {
            case (let a?, let b?): return a < b ? -1 : 1
            case (_?, nil): return -1
            case (nil, _?): return 1
            case (nil, nil): return part < other ? -1 : 1
            }
        }
        return parts.count - others.count
    }

    package override var typeName: RuntimeType { Self.type }
    package override var text: String {
        "\(major).\(minor).\(patch)" + (preReleaseLabel.map { "-" + $0 } ?? "") + (buildLabel.map { "+" + $0 } ?? "")
    }
    package override var propertyNames: [String] { ["Major", "Minor", "Patch", "PreReleaseLabel", "BuildLabel"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "major": .int(major)
        case "minor": .int(minor)
        case "patch": .int(patch)
        case "prereleaselabel": preReleaseLabel.map { .string($0) } ?? .null
        case "buildlabel": buildLabel.map { .string($0) } ?? .null
        default: nil
        }
    }
    package override func isEqual(to other: Object) -> Bool {
        (other as? SemanticVersionObject).map { order($0) == 0 && buildLabel == $0.buildLabel } ?? false
    }

    static let members = TypeMembers(type.fullName) {
        $0.method("CompareTo", "int CompareTo(semver value)", 1...1) { call throws(Stop) in
            guard let mine = read(call.target), let other = read(call.arguments[0]) else { throw call.noOverload() }
            return .int(Int32(mine.order(other).signum()))
        }
        $0.make { call throws(Stop) in
            if call.count == 1 { return try call.convert(0, type) }
            guard (2...5).contains(call.count) else { throw call.noOverload() }
            var numbers: [Int32] = []
            for index in 0..<min(3, call.count) {
                guard let number = Int32(exactly: try call.int(index)), number >= 0 else {
                    throw call.failed(
                        "System.ArgumentException", "A part of a semantic version is a whole number, zero or more.")
                }
                numbers.append(number)
            }
            let labels = try (3..<max(3, call.count)).map { index throws(Stop) in try call.string(index) }
            let ending =
                (labels.first.map { $0.isEmpty ? "" : "-" + $0 } ?? "")
                + (labels.count > 1 && !labels[1].isEmpty ? "+" + labels[1] : "")
            let text = numbers.map(String.init).joined(separator: ".") + (numbers.count == 2 ? ".0" : "") + ending
            guard let made = SemanticVersionObject(text) else { throw call.noOverload() }
            return .object(made)
        }
    }
}
