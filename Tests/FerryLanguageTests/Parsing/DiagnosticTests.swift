import FerryLanguage
import Testing

@Suite struct DiagnosticTests {
    /// Ids and offsets are PowerShell's; where it reports several errors, its first.
    @Test(arguments: [
        ("for", "MissingOpenParenthesisAfterKeyword", 3), ("for(", "MissingEndParenthesisAfterStatement", 4),
        ("for(;", "MissingEndParenthesisAfterStatement", 5), ("for($a;$b", "MissingEndParenthesisAfterStatement", 9),
        ("for($a;$b;$c)", "MissingLoopStatement", 13), (":lab for(;;", "MissingEndParenthesisAfterStatement", 11),
        ("foreach", "MissingOpenParenthesisAfterKeyword", 7), ("foreach (", "MissingVariableNameAfterForeach", 9),
        ("foreach ($a", "MissingInInForeach", 11), ("foreach ($a into", "MissingInInForeach", 11),
        ("foreach ($a in", "MissingForeachExpression", 14),
        ("foreach ($a in $x", "MissingEndParenthesisAfterForeach", 17),
        ("foreach ($a in $x)", "MissingForeachStatement", 18),
        ("do", "MissingLoopStatement", 2), ("do {}", "MissingWhileOrUntilInDoWhile", 5),
        ("do {} while", "MissingOpenParenthesisAfterKeyword", 11),
        ("do {} while (", "MissingExpressionAfterKeyword", 13),
        ("do {} until (1", "MissingEndParenthesisAfterStatement", 14),
        ("trap", "MissingTrapStatement", 4), ("trap [int]", "MissingTrapStatement", 10),
        ("begin", "MissingNamedStatementBlock", 5), ("begin process {}", "MissingNamedStatementBlock", 5),
        ("begin {} begin {}", "DuplicateScriptCommandClause", 9),
        ("data", "MissingStatementBlockForDataSection", 4), ("data foo", "MissingStatementBlockForDataSection", 8),
        ("data -abc", "InvalidParameterForDataSectionStatement", 5),
        ("data -s & {}", "MissingValueForSupportedCommandInDataSectionStatement", 7),
        ("data -sup a,", "MissingValueForSupportedCommandInDataSectionStatement", 12),
        ("try", "MissingTryStatementBlock", 3), ("try {}", "MissingCatchOrFinally", 6),
        ("try {} catch", "MissingCatchHandlerBlock", 12), ("try {} finally", "MissingFinallyStatementBlock", 14),
        ("try {} catch [int]", "MissingCatchHandlerBlock", 18), ("try {} catch [int],", "MissingTypeLiteralToken", 19),
        ("try {} finally { return }", "ControlLeavingFinally", 17),
        ("try {} finally { break }", "ControlLeavingFinally", 17),
        ("try {} catch {} catch [int] {}", "EmptyCatchNotLast", 7),
        ("switch", "PipelineValueRequired", 6), ("switch -abc", "InvalidSwitchFlag", 7),
        ("switch -file", "MissingFilenameOption", 12), ("switch -file a (1)", "PipelineValueRequired", 15),
        ("switch (", "PipelineValueRequired", 8), ("switch (\"abc\")  ", "MissingCurlyBraceInSwitchStatement", 14),
        ("switch (\"abc\")  {", "MissingSwitchConditionExpression", 17),
        ("switch (\"abc\")  { 1 }", "MissingSwitchStatementClause", 19),
        ("switch (1) {default {} default {}}", "MultipleSwitchDefaultClauses", 23),
        ("function", "MissingNameAfterKeyword", 8), ("function foo", "MissingFunctionBody", 12),
        ("function foo(", "MissingEndParenthesisInFunctionParameterList", 13),
        ("function foo {", "MissingEndCurlyBrace", 13),
        ("function foo { function bar { if (1) {} }", "MissingEndCurlyBrace", 13),
        ("function f { param($a,[int]$a) }", "DuplicateFormalParameter", 27),
        ("function f($a,[int]$a){}", "DuplicateFormalParameter", 19),
        ("function foo {param(}", "MissingEndParenthesisInFunctionParameterList", 20),
        ("function f($a) { param($b) }", "OnlyOneParameterListAllowed", 17),
        ("$a,$b += 1,2", "InvalidLeftHandSide", 0), ("1 ??= 1", "InvalidLeftHandSide", 0),
        ("1..2 ??= 1", "InvalidLeftHandSide", 0),
        ("[int] ??= 1", "InvalidLeftHandSide", 0), ("${x}?.name = 'v'", "InvalidLeftHandSide", 0),
        ("${x}?[0] = 1", "InvalidLeftHandSide", 0), ("1++", "OperatorRequiresVariableOrProperty", 0),
        ("$x??=", "ExpectedValueExpression", 5), ("$x ?.name", "ExpectedValueExpression", 4),
        ("Get-Date ?.ToString()", "ExpectedExpression", 20), ("${x}?.", "MissingPropertyName", 6),
        ("${x}?[]", "MissingArrayIndexExpression", 6), ("${x}?[-]", "MissingExpressionAfterOperator", 7),
        ("@a", "SplattingNotPermitted", 0), ("foreach (@a in $b) {}", "SplattingNotPermitted", 9),
        ("param(@a)", "SplattingNotPermitted", 6), ("foo @a,1", "SplattingNotPermittedInArgumentList", 4),
        ("foo @a.b", "NoPropertiesInSplatting", 4),
        ("|gps", "EmptyPipeElement", 0), ("gps|", "EmptyPipeElement", 4), ("gps| |foreach name", "EmptyPipeElement", 4),
        ("1|1", "ExpressionsMustBeFirstInPipeline", 2), ("$a=", "ExpectedValueExpression", 3),
        ("gcm -a:", "ParameterRequiresArgument", 7), ("gcm -a: 1,", "MissingExpression", 10),
        ("gcm ,", "MissingArgument", 4),
        ("   )", "UnexpectedToken", 3), ("   }", "UnexpectedToken", 3), ("1+", "ExpectedValueExpression", 2),
        ("[a()][b]", "UnexpectedAttribute", 0), ("[ref][ref]$x", "ReferenceNeedsToBeByItselfInTypeSequence", 5),
        ("[int][ref]$x", "ReferenceNeedsToBeLastTypeInTypeConversion", 5),
        ("@{ a=1;b=2;c=3;", "MissingEndCurlyBrace", 2), ("@{a}", "MissingEqualsInHashLiteral", 3),
        ("@{a=}", "MissingStatementInHashLiteral", 4), ("@{a=1;A=2}", "DuplicateKeyInHashLiteral", 6),
        ("\"`u{}\"", "InvalidUnicodeEscapeSequence", 1), ("\"`u{219z}\"", "InvalidUnicodeEscapeSequence", 7),
        ("\"`u{1234567}\"", "TooManyDigitsInUnicodeEscapeSequence", 10),
        ("\"`u{110000}\"", "InvalidUnicodeEscapeSequenceValue", 4), ("\"`u2195}\"", "InvalidUnicodeEscapeSequence", 1),
        ("\"`u{123456", "MissingUnicodeEscapeSequenceTerminator", 10),
        ("$true ?", "ExpectedValueExpression", 7), ("$true ? 3", "MissingColonInTernaryExpression", 9),
        ("$true ? 3 :", "ExpectedValueExpression", 11), ("$true ? : 3", "ExpectedValueExpression", 7),
        ("if", "MissingOpenParenthesisInIfStatement", 2), ("if (", "IfStatementMissingCondition", 4),
        ("if (1", "MissingEndParenthesisAfterStatement", 5), ("if (1)", "MissingStatementBlock", 6),
        ("if (1) {} else", "MissingStatementBlockAfterElse", 14), ("(", "ExpectedExpression", 1),
        ("(1", "MissingEndParenthesisInExpression", 2), ("$(1", "MissingEndParenthesisInSubexpression", 3),
        ("(1 2)", "UnexpectedToken", 3), ("1 2", "UnexpectedToken", 2), ("$x foo", "UnexpectedToken", 3),
        ("$x -foo", "UnexpectedToken", 3), ("'abc", "TerminatorExpectedAtEndOfString", 0),
        ("\"abc", "TerminatorExpectedAtEndOfString", 0), ("\"$(foo\"", "TerminatorExpectedAtEndOfString", 6),
        ("@'\nabc", "TerminatorExpectedAtEndOfString", 0), ("@'\nabc\n  '@", "WhitespaceBeforeHereStringFooter", 9),
        ("@'abc'@", "UnexpectedCharactersAfterHereStringHeader", 2), ("<# a", "MissingTerminatorMultiLineComment", 0),
        ("$x.", "MissingPropertyName", 3), ("$x.a(", "MissingEndParenthesisInMethodCall", 5),
        ("$x.a(1,)", "MissingExpressionAfterToken", 7), ("$x[", "MissingArrayIndexExpression", 3),
        ("$x[0", "MissingEndSquareBracket", 4), ("[int", "EndSquareBracketExpectedAtEndOfAttribute", 4),
        ("[", "MissingTypename", 1),
        ("${a", "IncompleteDollarVariableReference", 1), ("${}", "EmptyVariableReference", 2),
        ("1,", "MissingExpressionAfterToken", 2),
        ("&", "MissingExpression", 0), ("[ordered]1", "OrderedAttributeOnlyOnHashLiteralNode", 0),
        ("[void]$x = 1", "VoidTypeConstraintNotAllowed", 0), ("foo; using module x", "UsingMustBeAtStartOfScript", 5),
        ("class A { }", "UnsupportedReservedKeyword", 0), ("[Flags()] enum E { A }", "UnsupportedReservedKeyword", 10),
        ("workflow x {}", "WorkflowNotSupportedInPowerShellCore", 0), ("a &&", "EmptyPipelineChainElement", 4),
    ])
    func `errors have PowerShell's ids and places`(_ text: String, _ id: String, _ offset: Int) throws {
        let error = try #require(Parser.parse(text).diagnostics.first)
        #expect(error.id == id)
        #expect(error.range.start == offset)
        #expect(Parser.parse(text).script == nil)
    }

    @Test(arguments: [
        ("foo {", "Missing closing '}' in statement block or type definition."),
        ("1 foo", "Unexpected token 'foo' in expression or statement."),
        ("\"a", "The string is missing the terminator: \"."),
        ("1 +", "You must provide a value expression following the '+' operator."),
        ("1 -EQ", "You must provide a value expression following the '-EQ' operator."),
        ("foo -x:", "Parameter -x: requires an argument."),
        ("ElseIf x", "ok"),
        ("if ($a) {} ElseIf", "Missing '(' after 'ElseIf' in if statement."),
        ("foo 2> ", "Missing file specification after redirection operator."),
    ])
    func `messages name what was written`(_ text: String, _ message: String) {
        #expect(Parser.parse(text).diagnostics.first?.message ?? "ok" == message)
    }

    @Test(arguments: [
        "if (1) {", "if (1", "if", "foo |", "foo |  # c\n", "1 +", "(", "@(", "@{", "@{ a = 1", "@{ a =", "$x = ", "'a",
        "\"a", "@'\na",
        "@\"\na $x", "{ 1", "foo `", "<# c", "foo a,", "$x.", "$x.a(", "$x[", "function f", "try { 1 }",
        "try { 1 } catch",
        "switch ($x)", "switch ($x) {", "switch ($x) { 1 { 2 }", "for (;;)", "foreach ($i in 1)", "do { 1 }", "a &&",
        "$a ?", "$a ? 1", "\"$(foo", "param(", "[CmdletBinding()]", "[int", "while (1)\n", "begin",
    ])
    func `more input could complete these`(_ text: String) {
        #expect(Parser.parse(text).isIncomplete)
    }

    @Test(arguments: [
        "1 2", "foo )", "}", "if (1 { }", "1 ++ 2", "$x = )", "foo | | bar", "(1 2", "try {} foo", "do {} foo", "@{a} ",
        "class A",
        "function { }", "if (1) foo\n", "foo -x:\n", "1", "foo", "",
    ])
    func `more input could not`(_ text: String) {
        #expect(!Parser.parse(text).isIncomplete)
    }

    @Test func `a position counts lines from one and columns in UTF-16`() throws {
        let error = try #require(Parser.parse("'😀'\r\n'é😀' )", path: "/x/y.ps1").diagnostics.first)
        let start = error.range.startPosition
        #expect(start.line == 2)
        #expect(start.column == 7)
        #expect(error.range.startLine == "'é😀' )")
        #expect(error.range.text == ")")
        #expect(error.range.source.path == "/x/y.ps1")
    }
}
