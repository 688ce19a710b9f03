/// What a key may do, in PSReadLine's names.
package struct EditorFunction: Sendable {
    package let name: String
    /// PSReadLine's heading for it.
    package let group: String
    package let description: String
    /// libedit's function, or ferry's own; nil for what the line editor does not have.
    package let editorName: String?

    private init(_ name: String, _ group: String, _ editorName: String?, _ description: String) {
        self.name = name
        self.group = group
        self.editorName = editorName
        self.description = description
    }

    package static func named(_ name: String) -> EditorFunction? {
        all.first { $0.name.lowercased() == name.lowercased() }
    }

    package static let all: [EditorFunction] = [
        EditorFunction("AcceptLine", "Basic", "ed-newline", "Run the command"),
        EditorFunction("ValidateAndAcceptLine", "Basic", "ed-newline", "Run the command"),
        EditorFunction("AddLine", "Basic", nil, "Go on with a new line"),
        EditorFunction("BackwardDeleteChar", "Basic", "em-delete-prev-char", "Delete the character before the cursor"),
        EditorFunction("BackwardDeleteInput", "Basic", "vi-kill-line-prev", "Delete from the start to the cursor"),
        EditorFunction("BackwardDeleteLine", "Basic", "vi-kill-line-prev", "Delete from the start to the cursor"),
        EditorFunction("BackwardDeleteWord", "Basic", "ed-delete-prev-word", "Delete the word before the cursor"),
        EditorFunction("BackwardKillInput", "Basic", "vi-kill-line-prev", "Cut from the start to the cursor"),
        EditorFunction("BackwardKillLine", "Basic", "vi-kill-line-prev", "Cut from the start to the cursor"),
        EditorFunction("BackwardKillWord", "Basic", "ed-delete-prev-word", "Cut the word before the cursor"),
        EditorFunction("UnixWordRubout", "Basic", "ed-delete-prev-word", "Cut the word before the cursor"),
        EditorFunction("ShellBackwardKillWord", "Basic", "ed-delete-prev-word", "Cut the word before the cursor"),
        EditorFunction("CancelLine", "Basic", nil, "Give the line up"),
        EditorFunction("CapitalizeWord", "Basic", "em-capitol-case", "Make the word begin with a capital"),
        EditorFunction("Copy", "Basic", "em-copy-region", "Copy from the mark to the cursor"),
        EditorFunction("CopyOrCancelLine", "Basic", nil, "Give the line up"),
        EditorFunction("Cut", "Basic", "em-kill-region", "Cut from the mark to the cursor"),
        EditorFunction("DeleteChar", "Basic", "ed-delete-next-char", "Delete the character under the cursor"),
        EditorFunction(
            "DeleteCharOrExit", "Basic", "em-delete-or-list", "Delete a character, or leave on an empty line"),
        EditorFunction("DeleteToEnd", "Basic", "ed-kill-line", "Delete from the cursor to the end"),
        EditorFunction("DeleteWord", "Basic", "em-delete-next-word", "Delete the word behind the cursor"),
        EditorFunction("DowncaseWord", "Basic", "em-lower-case", "Make the word lower case"),
        EditorFunction("ForwardDeleteInput", "Basic", "ed-kill-line", "Delete from the cursor to the end"),
        EditorFunction("ForwardDeleteLine", "Basic", "ed-kill-line", "Delete from the cursor to the end"),
        EditorFunction("InsertLineAbove", "Basic", nil, "Begin a line above"),
        EditorFunction("InsertLineBelow", "Basic", nil, "Begin a line below"),
        EditorFunction("KillLine", "Basic", "ed-kill-line", "Cut from the cursor to the end"),
        EditorFunction("KillRegion", "Basic", "em-kill-region", "Cut from the mark to the cursor"),
        EditorFunction("KillWord", "Basic", "em-delete-next-word", "Cut the word behind the cursor"),
        EditorFunction("ShellKillWord", "Basic", "em-delete-next-word", "Cut the word behind the cursor"),
        EditorFunction("Paste", "Basic", "em-yank", "Insert what was cut last"),
        EditorFunction("Redo", "Basic", nil, "Do again what was undone"),
        EditorFunction("RevertLine", "Basic", "em-kill-line", "Empty the line"),
        EditorFunction("SelfInsert", "Basic", "ed-insert", "Insert the character"),
        EditorFunction("SwapCharacters", "Basic", "ed-transpose-chars", "Exchange two characters"),
        EditorFunction("Undo", "Basic", nil, "Take the last change back"),
        EditorFunction("UpcaseWord", "Basic", "em-upper-case", "Make the word upper case"),
        EditorFunction("Yank", "Basic", "em-yank", "Insert what was cut last"),
        EditorFunction("YankPop", "Basic", nil, "Insert what was cut before"),
        EditorFunction("YankLastArg", "Basic", "ferry-last-word", "Insert the last word of an earlier command"),
        EditorFunction("YankNthArg", "Basic", nil, "Insert a word of an earlier command"),
        EditorFunction("BackwardChar", "Cursor", "ed-prev-char", "One character back"),
        EditorFunction("BackwardWord", "Cursor", "ed-prev-word", "One word back"),
        EditorFunction("ShellBackwardWord", "Cursor", "ed-prev-word", "One word back"),
        EditorFunction("BeginningOfLine", "Cursor", "ed-move-to-beg", "To the start of the line"),
        EditorFunction("EndOfLine", "Cursor", "ed-move-to-end", "To the end of the line"),
        EditorFunction("ForwardChar", "Cursor", "ed-next-char", "One character on"),
        EditorFunction("ForwardWord", "Cursor", "em-next-word", "One word on"),
        EditorFunction("NextWord", "Cursor", "em-next-word", "One word on"),
        EditorFunction("ShellForwardWord", "Cursor", "em-next-word", "One word on"),
        EditorFunction("ShellNextWord", "Cursor", "em-next-word", "One word on"),
        EditorFunction("GotoBrace", "Cursor", nil, "To the bracket that belongs to this one"),
        EditorFunction("PreviousLine", "Cursor", "ed-prev-line", "One line up"),
        EditorFunction("NextLine", "Cursor", "ed-next-line", "One line down"),
        EditorFunction("BeginningOfHistory", "History", nil, "The oldest command"),
        EditorFunction("EndOfHistory", "History", nil, "Back to what is typed"),
        EditorFunction("ClearHistory", "History", nil, "Forget the history"),
        EditorFunction("ForwardSearchHistory", "History", "em-inc-search-next", "Search later commands as you type"),
        EditorFunction(
            "HistorySearchBackward", "History", "ed-search-prev-history", "The earlier command that begins so"),
        EditorFunction("HistorySearchForward", "History", "ed-search-next-history", "The later command that begins so"),
        EditorFunction("NextHistory", "History", "ed-next-history", "The later command"),
        EditorFunction("PreviousHistory", "History", "ed-prev-history", "The earlier command"),
        EditorFunction("ReverseSearchHistory", "History", "em-inc-search-prev", "Search earlier commands as you type"),
        EditorFunction("Complete", "Completion", "ferry-complete-list", "Complete the word as far as it is clear"),
        EditorFunction(
            "MenuComplete", "Completion", "ferry-complete", "Complete the word, one candidate after another"),
        EditorFunction("PossibleCompletions", "Completion", "ferry-complete-list", "List the candidates"),
        EditorFunction("TabCompleteNext", "Completion", "ferry-complete", "The next candidate"),
        EditorFunction("TabCompletePrevious", "Completion", "ferry-complete-back", "The candidate before"),
        EditorFunction("AcceptSuggestion", "Prediction", nil, "Take the predicted text"),
        EditorFunction("AcceptNextSuggestionWord", "Prediction", nil, "Take a word of the predicted text"),
        EditorFunction("NextSuggestion", "Prediction", nil, "The next prediction"),
        EditorFunction("PreviousSuggestion", "Prediction", nil, "The prediction before"),
        EditorFunction("SwitchPredictionView", "Prediction", nil, "Show predictions otherwise"),
        EditorFunction("ShowCommandHelp", "Miscellaneous", nil, "Show the command's help"),
        EditorFunction("ShowParameterHelp", "Miscellaneous", nil, "Show the parameter's help"),
        EditorFunction("ShowKeyBindings", "Miscellaneous", nil, "Show what keys do"),
        EditorFunction("WhatIsKey", "Miscellaneous", nil, "Say what a key does"),
        EditorFunction("ClearScreen", "Miscellaneous", "ed-clear-screen", "Clear the screen"),
        EditorFunction("DigitArgument", "Miscellaneous", "ed-argument-digit", "Say how often"),
        EditorFunction("Abort", "Miscellaneous", nil, "Give up what is under way"),
        EditorFunction("InvokePrompt", "Miscellaneous", "ed-redisplay", "Show the prompt again"),
        EditorFunction("QuotedInsert", "Miscellaneous", "ed-quoted-insert", "Insert the next key as it is"),
        EditorFunction("ScrollDisplayUp", "Miscellaneous", nil, "Scroll up a screen"),
        EditorFunction("ScrollDisplayDown", "Miscellaneous", nil, "Scroll down a screen"),
        EditorFunction("SetMark", "Selection", "em-set-mark", "Mark the cursor's place"),
        EditorFunction("ExchangePointAndMark", "Selection", "em-exchange-mark", "Exchange the mark and the cursor"),
        EditorFunction("SelectAll", "Selection", nil, "Select the line"),
        EditorFunction("SelectBackwardChar", "Selection", nil, "Select a character back"),
        EditorFunction("SelectForwardChar", "Selection", nil, "Select a character on"),
        EditorFunction("SelectBackwardWord", "Selection", nil, "Select a word back"),
        EditorFunction("SelectNextWord", "Selection", nil, "Select a word on"),
        EditorFunction("SelectBackwardsLine", "Selection", nil, "Select to the start"),
        EditorFunction("SelectLine", "Selection", nil, "Select to the end"),
        EditorFunction("SelectCommandArgument", "Selection", nil, "Select the next argument"),
        EditorFunction("ViCommandMode", "Vi", "vi-command-mode", "To vi's command mode"),
        EditorFunction("ViInsertMode", "Vi", "vi-insert", "To vi's insert mode"),
        EditorFunction("ViExit", "Vi", nil, "Leave the shell"),
    ]
}
