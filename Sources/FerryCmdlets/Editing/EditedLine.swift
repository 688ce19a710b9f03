/// The line editor of the prompt, as the commands of PSReadLine set it up.
///
/// Used on the runspace's thread.
package protocol EditedLine: AnyObject {
    /// Keys as in vi, or as in emacs. What was bound is forgotten.
    func useViKeys(_ isOn: Bool)
    /// - Parameters:
    ///   - sequence: what a terminal sends for the key.
    ///   - function: of the editor.
    ///   - inCommandMode: vi's, and not the mode in which a line begins.
    func bind(_ sequence: String, to function: String, inCommandMode: Bool)
    /// Where commands are kept for other sessions; nil keeps them in memory.
    func keepHistory(in path: String?)
}
