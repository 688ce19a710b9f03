import FerryEngine

extension CommandIO {
    func goTo(_ text: String, isLiteral: Bool) throws(Stop) {
        let location = runspace.location
        if !isLiteral, text == "-" || text == "+" {
            let forth = text == "+"
            guard let arrived = location.retrace(forth: forth) else {
                throw failing(
                    "System.InvalidOperationException", .invalidOperation,
                    "There is no location history left to navigate \(forth ? "forwards" : "backwards").",
                    exception: "System.InvalidOperationException")
            }
            if arrived { return }
        }
        if location.move(to: text) { return }
        guard try checkedPath(text) != nil else { return }
        if !isLiteral, WildcardPattern.isPattern(text) {
            let folders = FileGlob.expand(location.pattern(text)).filter(FileItem.isFolder)
            if folders.count == 1, location.move(to: folders[0]) { return }
            if folders.count > 1 {
                throw failing(
                    "Argument", .invalidArgument,
                    "Cannot set the location because path '\(text)' resolved to multiple containers.",
                    target: .string(text), exception: "System.Management.Automation.PSArgumentException")
            }
        }
        throw failing(
            "PathNotFound", .objectNotFound,
            "Cannot find path '\(location.resolve(text))' because it does not exist.",
            target: .string(location.resolve(text)), exception: "System.Management.Automation.ItemNotFoundException")
    }
}
