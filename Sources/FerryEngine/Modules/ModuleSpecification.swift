/// Which module is meant: a name or path, and what its version and identity must be. `ModuleSpecification`.
package final class ModuleSpecification: Object {
    package let name: String
    package let guid: GUID?
    /// The least version.
    package let version: VersionNumber?
    /// The greatest version as it was written: `1.*` allows every `1.x`.
    package let maximumVersion: String?
    package let requiredVersion: VersionNumber?

    package init(
        _ name: String, guid: GUID? = nil, version: VersionNumber? = nil, maximumVersion: String? = nil,
        requiredVersion: VersionNumber? = nil
    ) {
        self.name = name
        self.guid = guid
        self.version = version
        self.maximumVersion = maximumVersion
        self.requiredVersion = requiredVersion
    }

    /// From a name or from a table with `ModuleName` and one of the versions.
    package convenience init(_ value: Value) throws(Stop) {
        guard case .table(let table) = value else {
            if let known = value.asObject as? ModuleSpecification {
                self.init(
                    known.name, guid: known.guid, version: known.version, maximumVersion: known.maximumVersion,
                    requiredVersion: known.requiredVersion)
                return
            }
            if let module = value.asObject as? ModuleObject {
                self.init(module.name, guid: module.facts.guid, requiredVersion: module.version)
                return
            }
            let name = value.isNull ? "" : value.display
            guard !name.isEmpty else {
                throw Self.invalid("The name of a module must not be empty.", "System.ArgumentNullException")
            }
            self.init(name)
            return
        }
        var name = ""
        var guid: GUID?
        var least: VersionNumber?
        var greatest: String?
        var exact: VersionNumber?
        var wrong: [String] = []
        for (key, value) in table.pairs {
            switch key.display.folded {
            case "modulename": name = value.display
            case "guid":
                if case .guid(let given) = try Conversion.convert(value, to: .guid) { guid = given }
            case "moduleversion": least = try Self.version(value)
            case "maximumversion":
                greatest = value.display
                if Self.bound(value.display) == nil { throw Self.invalid(value.display, "System.ArgumentException") }
            case "requiredversion": exact = try Self.version(value)
            default: wrong.append(key.display)
            }
        }
        if !wrong.isEmpty {
            throw Self.invalid(
                "The hashtable describing a module contains one or more members that are not valid. The valid members are "
                    + "(ModuleName, ModuleVersion, RequiredVersion, MaximumVersion, GUID). Remove the members that are not "
                    + "valid ('\(wrong.joined(separator: "','"))'), then try again.", "System.ArgumentException")
        }
        if name.isEmpty {
            throw Self.invalid(
                "The required member 'ModuleName' is missing from the hashtable that describes a module.",
                "System.MissingMemberException")
        }
        if least == nil, greatest == nil, exact == nil {
            throw Self.invalid(
                "The hashtable that describes a module needs one of the members 'ModuleVersion', 'MaximumVersion' and "
                    + "'RequiredVersion'.", "System.MissingMemberException")
        }
        if exact != nil, least != nil || greatest != nil {
            throw Self.invalid(
                "The hashtable that describes a module has the member 'RequiredVersion', so it may have neither "
                    + "'ModuleVersion' nor 'MaximumVersion'.", "System.ArgumentException")
        }
        self.init(name, guid: guid, version: least, maximumVersion: greatest, requiredVersion: exact)
    }

    private static func invalid(_ message: String, _ exception: String) -> Stop {
        .runtime("InvalidModuleSpecification", .invalidArgument, message, exception: exception)
    }

    private static func version(_ value: Value) throws(Stop) -> VersionNumber? {
        guard case .version(let version) = try Conversion.convert(value, to: .version) else { return nil }
        return version
    }

    /// `1.2`, or `1.*` as the greatest version that begins so.
    private static func bound(_ text: String) -> VersionNumber? {
        guard text.hasSuffix("*") else { return VersionNumber(text) ?? VersionNumber(text + ".0") }
        let stem = text.dropLast().split(separator: ".").map(String.init)
        return VersionNumber(
            (stem + Array(repeating: "999999999", count: max(4 - stem.count, 0))).joined(separator: "."))
    }

    package var isConstrained: Bool {
        guid != nil || version != nil || maximumVersion != nil || requiredVersion != nil
    }

    /// The same under another name: a path that was resolved.
    func named(_ name: String) -> ModuleSpecification {
        ModuleSpecification(
            name, guid: guid, version: version, maximumVersion: maximumVersion, requiredVersion: requiredVersion)
    }

    package func accepts(_ found: VersionNumber, _ identity: GUID) -> Bool {
        if let requiredVersion, found != requiredVersion { return false }
        if let version, found < version { return false }
        if let maximumVersion, let bound = Self.bound(maximumVersion), bound < found { return false }
        if let guid, guid != identity { return false }
        return true
    }

    /// The version errors name.
    package var wanted: String { requiredVersion?.text ?? version?.text ?? maximumVersion ?? "" }

    package static let type = RuntimeType("Microsoft.PowerShell.Commands.ModuleSpecification")
    package override var typeName: RuntimeType { Self.type }
    package override var propertyNames: [String] { ["Name", "Guid", "Version", "MaximumVersion", "RequiredVersion"] }
    package override func property(_ name: String) throws(Stop) -> Value? {
        switch name.folded {
        case "name": .string(self.name)
        case "guid": guid.map { .guid($0) } ?? .null
        case "version": version.map { .version($0) } ?? .null
        case "maximumversion": .optional(maximumVersion)
        case "requiredversion": requiredVersion.map { .version($0) } ?? .null
        default: nil
        }
    }

    package override var text: String {
        guard isConstrained else { return name }
        var parts = ["ModuleName = \(name.singleQuoted)"]
        if let guid { parts.append("Guid = '{\(guid.text)}'") }
        if let requiredVersion {
            parts.append("RequiredVersion = '\(requiredVersion.text)'")
        } else {
            if let version { parts.append("ModuleVersion = '\(version.text)'") }
            if let maximumVersion { parts.append("MaximumVersion = '\(maximumVersion)'") }
        }
        return "@{ \(parts.joined(separator: "; ")) }"
    }

    package override func isEqual(to other: Object) -> Bool {
        guard let other = other as? ModuleSpecification else { return false }
        return name.folded == other.name.folded && guid == other.guid && version == other.version
            && maximumVersion == other.maximumVersion && requiredVersion == other.requiredVersion
    }

    static let members = TypeMembers("Microsoft.PowerShell.Commands.ModuleSpecification") {
        $0.make { call throws(Stop) in
            if call.count == 0 { return .object(ModuleSpecification("")) }
            guard call.count == 1 else { throw call.noOverload() }
            do throws(Stop) {
                return .object(try ModuleSpecification(call.arguments[0]))
            } catch {
                guard let record = error.record else { throw error }
                throw call.failed(record.exception.exceptionType.fullName, record.message)
            }
        }
        $0.staticMethod(
            "TryParse",
            "static bool TryParse(string input, [ref] Microsoft.PowerShell.Commands.ModuleSpecification result)", 2...2
        ) { call throws(Stop) in
            guard let reference = call.arguments[1].asObject as? ReferenceObject else { throw call.noOverload() }
            let text = try call.string(0)
            var source = Value.string(text)
            if text.trimmed.hasPrefix("@{") {
                guard let table = try? DataFile.value(of: text, call.runspace) else { return .bool(false) }
                source = table
            }
            guard let made = try? ModuleSpecification(source) else { return .bool(false) }
            try reference.variable.assign(.object(made), call.runspace)
            return .bool(true)
        }
    }
}

extension ModuleSpecification: ParameterValue {
    package static var parameterType: RuntimeType { type }
    /// Never read: declare such parameters as arrays or optionals.
    package static var unbound: ModuleSpecification { ModuleSpecification("") }
    package static func read(_ value: Value) -> ModuleSpecification? { value.asObject as? ModuleSpecification }
}
