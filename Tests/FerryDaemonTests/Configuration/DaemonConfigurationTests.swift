import FerryCore
import FerryDaemon
import FerryHost
import FerryTestKit
import Foundation
import Testing

@Suite struct DaemonConfigurationTests {
    private let folder: TemporaryDirectory
    init() throws { folder = try TemporaryDirectory() }

    private func load(_ json: String, _ options: [String] = []) throws -> DaemonConfiguration {
        try DaemonConfiguration.load(path: folder.write("ferryd.json", json), options: options)
    }

    @Test func `without anything the paths and ports are the installed ones`() throws {
        let found = try load("{}")
        #expect(found.host.stateFolder == "/var/lib/ferry")
        #expect(found.host.runtimeFolder == "/run/ferry")
        #expect(found.socket == "/run/ferry/ferryd.sock")
        #expect(found.host.memoryFolder == "/run/ferry/memory")
        #expect(found.host.controlPort == 6601)
        #expect(found.host.dataPort == 6600)
        #expect(found.host.listenAddress == "0.0.0.0")
        #expect(found.host.accelerator == .auto)
        #expect(found.host.guestUser == "ferry-guest")
        #expect(found.host.administratorGroup == "ferry")
        #expect(!found.host.name.isEmpty)
        #expect(found.host.memorySize > .gibibytes(0))
    }

    @Test func `the example has every key, and is accepted`() throws {
        let path = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } + "/examples/ferryd.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let members = try #require(JSONParser.parse(Array(text.utf8)).members)
        #expect(Set(members.keys) == Set(ConfigurationKey.allCases.map(\.rawValue)))
        let found = try DaemonConfiguration.load(path: path, options: [])
        #expect(found.host.name == "NODE1")
        #expect(found.host.memorySize == .gibibytes(48))
        #expect(found.host.storageRoots == ["/vms"])
        #expect(found.host.qemuRoot == nil)
        #expect(found.source == path)
    }

    @Test func `every value of the file arrives`() throws {
        let found = try load(
            """
            { "name": "NODE1", "stateFolder": "/a/state", "runtimeFolder": "/a/run", "socket": "/a/s", "memoryFolder": "/a/m",
              "memorySize": 1073741824, "preallocateMemory": true, "storageRoots": ["/v1", "/v2"], "virtualMachinePath": "/v1/m",
              "virtualHardDiskPath": "/v1/d", "listenAddress": "127.0.0.2", "controlPort": 7601, "dataPort": 7600,
              "accelerator": "tcg", "qemuBinary": "/opt/qemu", "imageTool": "qi", "storageDaemon": "qs",
              "qemuRoot": "/trixie", "firmwareCode": "/f/c", "firmwareVariables": "/f/v", "guestUser": null,
              "administratorGroup": "wheel", "preloadLibrary": "/l.so", "logLevel": "debug" }
            """)
        let host = found.host
        #expect(host.name == "NODE1")
        #expect([host.stateFolder, host.runtimeFolder, host.memoryFolder] == ["/a/state", "/a/run", "/a/m"])
        #expect(found.socket == "/a/s")
        #expect(host.memorySize == .gibibytes(1))
        #expect(host.preallocateMemory)
        #expect(host.storageRoots == ["/v1", "/v2"])
        #expect([host.virtualMachinePath, host.virtualHardDiskPath] == ["/v1/m", "/v1/d"])
        #expect(host.listenAddress == "127.0.0.2")
        #expect([host.controlPort, host.dataPort] == [7601, 7600])
        #expect(host.accelerator == .tcg)
        #expect(
            [host.qemuBinary, host.imageTool, host.storageDaemon] == ["/opt/qemu", "qi", "qs"])
        #expect(host.qemuRoot == "/trixie")
        #expect([host.firmwareCode, host.firmwareVariables] == ["/f/c", "/f/v"])
        #expect(host.guestUser == nil)
        #expect(host.administratorGroup == "wheel")
        #expect(host.preloadLibrary == "/l.so")
        #expect(found.logLevel == "debug")
    }

    @Test func `the command line wins over the file`() throws {
        let found = try load(
            #"{ "name": "FILE", "storageRoots": ["/file"], "controlPort": 1, "guestUser": "somebody" }"#,
            [
                "--name", "NODE1", "--state-folder=/s", "--listen", "127.0.0.2", "--control-port", "6601",
                "--data-port=6600",
                "--socket", "/x.sock", "--memory-folder", "/m", "--memory-size", "2GB", "--preallocate-memory", "true",
                "--storage-root", "/a",
                "--storage-root", "/b", "--qemu", "/q", "--qemu-root", "/r", "--accelerator", "kvm", "--guest-user",
                "none",
                "--preload-library", "none",
            ])
        #expect(found.host.name == "NODE1")
        #expect(found.host.stateFolder == "/s")
        #expect(found.host.listenAddress == "127.0.0.2")
        #expect(found.host.controlPort == 6601)
        #expect(found.socket == "/x.sock")
        #expect(found.host.memorySize == .gibibytes(2))
        #expect(found.host.preallocateMemory)
        #expect(found.host.storageRoots == ["/a", "/b"])
        #expect(found.host.qemuBinary == "/q")
        #expect(found.host.qemuRoot == "/r")
        #expect(found.host.accelerator == .kvm)
        #expect(found.host.guestUser == nil)
        #expect(found.host.preloadLibrary == nil)
    }

    @Test(arguments: [
        (#"{ "memorysize": "2GB" }"#, #""memorysize": unknown key; it is written memorySize"#),
        (#"{ "colour": 1 }"#, #""colour": unknown key"#),
        (#"{ "name": 5 }"#, "name: 5 is not a text"),
        (#"{ "name": "" }"#, #"name: "" is not a host name"#),
        (#"{ "name": "a b" }"#, #"name: "a b" is not a host name"#),
        (#"{ "stateFolder": "state" }"#, #"stateFolder: "state" is not an absolute path"#),
        (#"{ "stateFolder": "/a/../etc" }"#, #"stateFolder: "/a/../etc" has '..' in it"#),
        (#"{ "stateFolder": null }"#, "stateFolder: null is not a text"),
        (#"{ "controlPort": 0 }"#, "controlPort: 0 is not a port"),
        (#"{ "controlPort": 65536 }"#, "controlPort: 65536 is not a port"),
        (#"{ "controlPort": "6601" }"#, #"controlPort: "6601" is not a port"#),
        (#"{ "dataPort": 66.5 }"#, "is not a port"),
        (#"{ "memorySize": "2 potatoes" }"#, #"memorySize: "2 potatoes" is not a size such as 512MB or 48GB"#),
        (#"{ "memorySize": -1 }"#, "memorySize: -1 is not a size"),
        (#"{ "memorySize": "99999999999TB" }"#, "is not a size"),
        (#"{ "memorySize": 1024 }"#, "memorySize: 1024 is too small"),
        (#"{ "preallocateMemory": 1 }"#, "preallocateMemory: 1 is neither true nor false"),
        (#"{ "storageRoots": "/vms" }"#, #"storageRoots: "/vms" is not a list of folders"#),
        (#"{ "storageRoots": [] }"#, "storageRoots: [] is empty"),
        (#"{ "storageRoots": ["/a", 3] }"#, "storageRoots[1]: 3 is not a text"),
        (#"{ "storageRoots": ["/a", "b"] }"#, #"storageRoots[1]: "b" is not an absolute path"#),
        (#"{ "accelerator": "hyperv" }"#, #"accelerator: "hyperv" is not one of auto, kvm, tcg"#),
        (#"{ "listenAddress": "10.0.0.1/8" }"#, "is not an IP address or host name"),
        (#"{ "qemuBinary": "./qemu" }"#, "is neither a name nor an absolute path"),
        (#"{ "guestUser": "root; rm" }"#, "is not the name of an account"),
        (#"{ "logLevel": "loud" }"#, #"logLevel: "loud" is not one of"#),
        (#"{ "controlPort": 6600 }"#, "controlPort and dataPort: both are 6600"),
    ])
    func `a bad value is refused with key, value and reason`(json: String, expected: String) {
        let failure = #expect(throws: Failure.self) { try load(json) }
        #expect(failure?.is(DaemonFault.configurationInvalid) == true)
        #expect(failure?.message.contains(expected) == true, Comment(rawValue: failure?.message ?? ""))
    }

    @Test func `all problems are listed at once, those of the command line with them`() {
        let failure = #expect(throws: Failure.self) {
            try load(
                #"{ "colour": 1, "controlPort": 0, "memorySize": "x", "stateFolder": "s" }"#,
                ["--data-port", "x", "--fly", "high", "--socket"])
        }
        let message = failure?.message ?? ""
        #expect(message.contains("7 problems"))
        for part in [
            "colour", "controlPort", "memorySize", "stateFolder", "--data-port", "--fly",
            "--socket: a value is missing",
        ] {
            #expect(message.contains(part), Comment(rawValue: part))
        }
    }

    @Test(arguments: [
        (["--fly"], "--fly: unknown option"),
        (["NODE1"], "NODE1: unknown option"),
        (["--control-port", "many"], #"--control-port: "many" is not a port"#),
        (["--storage-root", "vms"], #"--storage-root: "vms" is not an absolute path"#),
        (["--accelerator=fast"], #"--accelerator: "fast" is not one of auto, kvm, tcg"#),
        (["--memory-size", "0"], "--memory-size: \"0\" is not a size"),
    ])
    func `a bad option is refused as an option`(options: [String], expected: String) {
        let failure = #expect(throws: Failure.self) { try load("{}", options) }
        #expect(failure?.is(DaemonFault.optionInvalid) == true)
        #expect(failure?.message.contains(expected) == true, Comment(rawValue: failure?.message ?? ""))
    }

    @Test(arguments: ["", "{", "[]", "{ \"name\": \"a\", }", "nonsense"])
    func `what is not a JSON object is refused with the file's name`(text: String) {
        let failure = #expect(throws: Failure.self) { try load(text) }
        #expect(failure?.is(DaemonFault.configurationInvalid) == true)
        #expect(failure?.message.contains(folder.file("ferryd.json")) == true)
    }

    @Test func `a file that is not there is an error when it was asked for`() {
        let failure = #expect(throws: Failure.self) {
            try DaemonConfiguration.load(path: "/nowhere/ferryd.json", options: [])
        }
        #expect(failure?.is(DaemonFault.configurationUnreadable) == true)
        #expect(failure?.message.contains("/nowhere/ferryd.json") == true)
    }

    @Test func `a socket's path must fit into a socket address`() {
        let failure = #expect(throws: Failure.self) {
            try load("{}", ["--socket", "/" + String(repeating: "s", count: 107)])
        }
        #expect(failure?.message.contains("107 bytes") == true)
    }

    @Test func `options are distinct and the help has them all`() {
        #expect(Set(ConfigurationKey.allCases.map(\.option)).count == ConfigurationKey.allCases.count)
        for key in ConfigurationKey.allCases {
            #expect(ConfigurationKey.help.contains(key.option))
            #expect(key.option.hasPrefix("--"))
            #expect(key.summary.hasSuffix("."))
        }
    }

    @Test func `the help fits a terminal of 80 columns`() {
        for line in ConfigurationKey.help.split(separator: "\n") { #expect(line.count < 80, "\(line)") }
    }

    @Test(arguments: DaemonFault.allCases)
    func `every fault has advice`(fault: DaemonFault) {
        #expect(!fault.advice.isEmpty)
    }
}
