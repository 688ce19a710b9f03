import FerryCore
import FerryHTTP
import Testing

@Suite struct HTTPStatusTests {
    @Test(arguments: FaultCategory.allCases)
    func `every category has a status of an error`(category: FaultCategory) {
        #expect((400..<600).contains(category.httpStatus))
    }
}
