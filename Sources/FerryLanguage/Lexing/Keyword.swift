/// Words that mean something at the start of a statement (or, for a few, inside one). Elsewhere they are ordinary words.
enum Keyword: String, Sendable {
    case `if`, `else`, elseif, `switch`, foreach, `for`, `in`, `while`, until, `do`
    case `try`, `catch`, finally, trap, data
    case `return`, `break`, `continue`, exit, `throw`
    case begin, process, end, clean, dynamicparam
    case function, filter, param
    case `class`, `enum`, using, workflow, configuration, parallel, sequence, from, define, `var`
}
