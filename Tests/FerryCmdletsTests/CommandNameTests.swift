import FerryCmdlets
import FerryEngine
import Testing

@Suite struct CommandNameTests {
    @Test func `every command is found by its name, which is its type's with a hyphen`() throws {
        let runspace = Runspace(host: TranscriptHost(width: 80, answers: nil, showsProgress: false))
        for module in CommandModules.all {
            runspace.register(module)
            for type in module.commands {
                let name = type.signature.name
                #expect("\(type)".lowercased() == name.filter { $0 != "-" }.lowercased())
                let found = try runspace.find("\(module.name)\\\(name)", runspace.globalFrame)
                #expect(found?.name == name && found?.commandType == .cmdlet)
            }
        }
    }
}
