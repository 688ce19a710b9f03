/// What a manifest says of its module besides its commands, as the properties of module objects show it.
package struct ModuleFacts {
    package var guid = GUID.empty
    package var author = ""
    package var companyName = ""
    package var copyright = ""
    package var description = ""
    package var helpInfoURI = ""
    package var rootModule = ""
    package var commandPrefix = ""
    package var shellVersion: VersionNumber?
    package var hostName = ""
    package var hostVersion: VersionNumber?
    package var runtimeVersion: VersionNumber?
    package var frameworkVersion: VersionNumber?
    package var processorArchitecture = "None"
    package var editions: [String] = []
    package var assemblies: [String] = []
    package var scripts: [String] = []
    package var formats: [String] = []
    package var types: [String] = []
    package var files: [String] = []
    package var moduleList: [ModuleSpecification] = []
    package var privateData = Value.null

    package init() {}

    /// A member of `PrivateData.PSData`.
    func gallery(_ key: String) -> Value? {
        guard case .table(let outer) = privateData, case .table(let inner)? = outer["PSData"] else { return nil }
        return inner[key]
    }

    var prerelease: String { gallery("Prerelease")?.display ?? "" }

    /// By folded name; `nil` for properties that are not the manifest's.
    func property(_ key: String) -> Value? {
        func list(_ items: [String]) -> Value { .array(items.map { .string($0) }) }
        func version(_ version: VersionNumber?) -> Value { version.map { .version($0) } ?? .null }
        return switch key {
        case "guid": .guid(guid)
        case "author": .string(author)
        case "companyname": .string(companyName)
        case "copyright": .string(copyright)
        case "description": .string(description)
        case "helpinfouri": helpInfoURI.isEmpty ? .null : .string(helpInfoURI)
        case "rootmodule": rootModule.isEmpty ? .null : .string(rootModule)
        case "prefix": .string(commandPrefix)
        case "powershellversion": version(shellVersion)
        case "powershellhostname": .string(hostName)
        case "powershellhostversion": version(hostVersion)
        case "clrversion": version(runtimeVersion)
        case "dotnetframeworkversion": version(frameworkVersion)
        case "processorarchitecture": .string(processorArchitecture)
        case "compatiblepseditions": list(editions)
        case "requiredassemblies": list(assemblies)
        case "scripts": list(scripts)
        case "exportedformatfiles": list(formats)
        case "exportedtypefiles": list(types)
        case "filelist": list(files)
        case "modulelist": .array(moduleList.map { .object($0) })
        case "privatedata": privateData
        case "prerelease": .string(prerelease)
        case "tags": .array((gallery("Tags").map { $0.elements ?? [$0] }) ?? [])
        case "releasenotes": gallery("ReleaseNotes") ?? .null
        case "projecturi": gallery("ProjectUri").map { .object(UriObject($0.display)) } ?? .null
        case "licenseuri": gallery("LicenseUri").map { .object(UriObject($0.display)) } ?? .null
        case "iconuri": gallery("IconUri").map { .object(UriObject($0.display)) } ?? .null
        default: nil
        }
    }
}
