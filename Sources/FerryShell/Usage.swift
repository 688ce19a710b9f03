/// What `ferry -Help` and a wrong command line show.
enum Usage {
    static let short = """
        Usage: ferry [-Login] [[-File] <script> [arguments]]
                     [-Command { - | <text> } ] [-CommandWithArgs <text> [arguments]] [-EncodedCommand <Base64>]
                     [-NoProfile] [-NoLogo] [-NoExit] [-Interactive | -NonInteractive]
                     [-ExecutionPolicy <ignored>] [-InputFormat {Text | XML}] [-OutputFormat {Text | XML}]
                     [-SettingsFile <path>] [-WorkingDirectory <path>]
               ferry -Help | -Version

        """

    static let long =
        short + """

            Without a script or -Command, ferry is a prompt. A bare argument is a script; what follows is its own.

              -Command, -c <text>             run the text; takes the rest of the line; - reads standard input
              -CommandWithArgs, -cwa <text>   run the text with the rest of the line as $args
              -EncodedCommand, -e, -ec        run text given as Base64 of UTF-16
              -File, -f <script> [arguments]  run a script
              -Login, -l                      begin as sh -l would, with /etc/profile; must be the first
              -NoProfile, -nop                do not run the profiles ($PROFILE | Format-List *)
              -NoLogo, -nol                   no greeting at the prompt
              -NoExit, -noe                   stay at the prompt afterwards
              -NonInteractive, -noni          never ask; what would ask is an error
              -OutputFormat, -o {Text | XML}  XML: objects, errors and messages as CLIXML, for another shell
              -InputFormat, -inp {Text | XML} XML: objects as $input
              -EncodedArguments, -ea          $args as Base64 of a CLIXML document
              -SettingsFile, -settings <path> a JSON file whose PSModulePath is searched for modules
              -SSHServerMode, -sshs           serve a remote session on standard input and output; sshd_config:
                                              Subsystem powershell /usr/bin/ferry -sshs -NoLogo
              -WorkingDirectory, -wd <path>   start there
              -Version, -v   -Help, -h, -?

            Lines on standard input are $input of the command or script.
            Hosts are found in the file that FERRY_HOSTS names, in ~/.config/ferry/hosts.json or in /etc/ferry/hosts.json.
            Exit codes: 0, the code of exit, 1 after an unhandled error, 64 for a wrong command line.

            """
}
