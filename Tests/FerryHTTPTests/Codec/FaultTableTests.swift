import FerryCore
import FerryHTTP
import Testing

@Suite struct FaultTableTests {
    @Test(arguments: FaultCategory.allCases)
    func `every category has a status of an error`(category: FaultCategory) {
        #expect((400..<600).contains(category.httpStatus))
    }

    @Test(arguments: ConnectionFault.allCases)
    func `every fault has advice`(fault: ConnectionFault) {
        #expect(!fault.advice.isEmpty)
    }
}
